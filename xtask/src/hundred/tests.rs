//! The written source is Rust.

#[test]
fn the_source_parses() -> Result<(), syn::Error> {
    let file = syn::parse_file(&super::text(super::ENDPOINTS))?;
    assert_eq!(file.items.len(), 2 + 3 * super::ENDPOINTS);
    Ok(())
}
