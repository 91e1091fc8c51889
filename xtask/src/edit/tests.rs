//! Where the edit goes.

use super::body;

#[test]
fn the_edit_stands_behind_the_brace() {
    let text = "//! é\n#[get(\"/é\")]\npub async fn f() -> R { g() }\n";
    let at = body(text).unwrap_or_default();
    assert_eq!(&text[at..], " g() }\n");
    assert_eq!(body("fn f() {}"), None);
}
