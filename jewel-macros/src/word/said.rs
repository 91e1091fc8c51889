//! One entry of an annotation as it was said, before anybody asks what it means.
//!
//! Works on token trees alone: a piece that is wrong ends at its comma and spoils no other.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Error;

use crate::sink::Sink;

/// The tokens between two commas; never empty.
#[derive(Debug, Clone)]
pub(crate) struct Piece(pub(crate) Vec<TokenTree>);

impl Piece {
    /// Its first token's place.
    pub(crate) fn span(&self) -> Span {
        self.0.first().map_or_else(Span::call_site, TokenTree::span)
    }
}

impl ToTokens for Piece {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.0.iter().cloned());
    }
}

/// Cuts at the commas that stand in no bracket.
pub(crate) fn pieces(tokens: TokenStream) -> Vec<Piece> {
    let mut all = vec![Vec::new()];
    for token in tokens {
        match (&token, all.last_mut()) {
            (TokenTree::Punct(punct), _) if punct.as_char() == ',' => all.push(Vec::new()),
            (_, Some(piece)) => piece.push(token),
            (_, None) => {}
        }
    }
    all.into_iter().filter(|piece| !piece.is_empty()).map(Piece).collect()
}

/// `word`, `word(..)` or `word = ..`.
#[derive(Debug)]
pub(crate) struct Said {
    /// The word.
    pub(crate) word: Ident,
    /// What stands after it.
    pub(crate) form: Form,
}

/// What stands after a word.
#[derive(Debug)]
pub(crate) enum Form {
    /// Nothing.
    Bare,
    /// `(..)`.
    Group(Group),
    /// `= ..`; the tokens may be none.
    Value(Vec<TokenTree>),
}

impl Said {
    /// Reads a piece.
    pub(crate) fn of(piece: Piece) -> syn::Result<Self> {
        let whole = piece.clone();
        let mut tokens = piece.0.into_iter();
        let Some(TokenTree::Ident(word)) = tokens.next() else {
            return Err(Error::new_spanned(
                whole,
                "this is no word: say `word`, `word(..)` or `word = ..`",
            ));
        };
        let form = match (tokens.next(), tokens.next()) {
            (None, _) => Form::Bare,
            (Some(TokenTree::Group(group)), None)
                if group.delimiter() == Delimiter::Parenthesis =>
            {
                Form::Group(group)
            }
            (Some(TokenTree::Punct(punct)), first) if punct.as_char() == '=' => {
                Form::Value(first.into_iter().chain(tokens).collect())
            }
            (Some(TokenTree::Group(_)), Some(next)) => {
                return Err(Error::new(next.span(), "a `,` is missing before this"));
            }
            (Some(other), _) => {
                let message = format!("after `{word}` comes `,`, `(..)` or `= ..`");
                return Err(Error::new(other.span(), message));
            }
        };
        Ok(Self { word, form })
    }

    /// Nothing is said after the word.
    pub(crate) fn bare(&self) -> syn::Result<()> {
        match self.form {
            Form::Bare => Ok(()),
            Form::Group(_) | Form::Value(_) => Err(self.expected(&self.word.to_string())),
        }
    }

    /// What is said in the parentheses, which must not be empty; `form` shows how.
    pub(crate) fn group(&self, form: &str) -> syn::Result<Vec<Piece>> {
        match &self.form {
            Form::Group(group) if !group.stream().is_empty() => Ok(pieces(group.stream())),
            Form::Group(group) => {
                Err(Error::new(group.span(), format!("nothing is said here: write `{form}`")))
            }
            Form::Bare | Form::Value(_) => Err(self.expected(form)),
        }
    }

    /// What is said after the `=`; `form` shows how.
    pub(crate) fn value(&self, form: &str) -> syn::Result<Piece> {
        match &self.form {
            Form::Value(tokens) if !tokens.is_empty() => Ok(Piece(tokens.clone())),
            Form::Bare | Form::Group(_) | Form::Value(_) => Err(self.expected(form)),
        }
    }

    fn expected(&self, form: &str) -> Error {
        Error::new(self.word.span(), format!("write `{form}`"))
    }
}

/// The first token of a piece, if it is a name.
pub(crate) fn first(piece: &Piece) -> Option<&Ident> {
    match piece.0.first() {
        Some(TokenTree::Ident(ident)) => Some(ident),
        _ => None,
    }
}

/// The only token of a piece, if it is a name.
pub(crate) fn name(piece: &Piece) -> Option<&Ident> {
    match piece.0.as_slice() {
        [TokenTree::Ident(ident)] => Some(ident),
        _ => None,
    }
}

/// A piece that is one text; `wrong` says what is meant, where it is none.
pub(crate) fn text(piece: &Piece, wrong: &str, sink: &mut Sink) -> Option<Literal> {
    match piece.0.as_slice() {
        [TokenTree::Literal(literal)] if is_text(literal) => Some(literal.clone()),
        _ => {
            sink.on(piece, wrong);
            None
        }
    }
}

/// Whether a literal is a text, raw or not.
fn is_text(literal: &Literal) -> bool {
    let text = literal.to_string();
    text.starts_with('"') || text.starts_with("r\"") || text.starts_with("r#")
}
