//! Whole expansions.

use insta::assert_snapshot;
use quote::quote;

use super::annotate;
use crate::tests::pretty;

#[test]
fn a_job_with_every_word() {
    let words = quote!(
        queue = renders,
        priority = urgent,
        retry(8, 2s..5m),
        timeout = 3m,
        limit(4, per = account),
        limit(100),
        limit(8, per = process),
        rate(30 / minute, burst = 5),
        unique(shot, look, until = start),
        schedule("0 4 * * *", zone = "Europe/Berlin", missed = all),
        keep = 7d,
        encrypted,
        on_dead = support::tell
    );
    let item = quote! {
        /// Render a shot.
        ///
        /// In the background.
        pub async fn render(
            args: Render,
            job: &mut Job,
            tx: &mut Tx,
            studio: State<Studio>,
        ) -> Result<Rendered, JobError> {
            todo
        }
    };
    assert_snapshot!(pretty(annotate(words, &item)));
}

#[test]
fn a_job_with_nothing() {
    let item = quote! {
        /// Send a letter.
        async fn send(letter: Letter) -> Result<(), JobError> {
            Ok(())
        }
    };
    assert_snapshot!(pretty(annotate(quote!(), &item)));
}

#[test]
fn a_job_that_takes_many() {
    let item = quote! {
        /// Put documents into the index.
        async fn index(documents: Vec<Document>, shelf: State<Shelf>) -> Result<(), JobError> {
            Ok(())
        }
    };
    assert_snapshot!(pretty(annotate(quote!(batch = 100), &item)));
}

#[test]
fn a_job_that_takes_what_died() {
    let of = |args| {
        let item = quote! {
            /// Tell support.
            async fn tell(dead: #args) -> Result<(), JobError> {
                Ok(())
            }
        };
        pretty(annotate(quote!(queue = support), &item))
    };
    assert_snapshot!(of(quote!(Dead<Letter>)));
    let any = of(quote!(Dead));
    assert!(
        any.contains("impl<__Args> ::jewel_core::macros::job::Buries<__Args> for tell"),
        "{any}"
    );
}

#[test]
fn a_refused_job_keeps_its_function_and_its_name() {
    let item = quote!(async fn send() -> Result<(), JobError> { half typed . });
    let text = annotate(quote!(), &item).to_string();
    assert!(text.contains("half typed ."), "{text}");
    assert!(text.contains("struct send"), "{text}");
    assert!(!text.contains("Enqueue"), "{text}");
    assert_eq!(text.matches("compile_error").count(), 2, "{text}");
}
