//! Decisions about accounts, pure.

/// An address as it is kept and compared: one spelling for all.
pub(super) fn address(email: &str) -> String {
    email.to_lowercase()
}

#[cfg(test)]
mod tests {
    #[test]
    fn one_address_has_one_spelling() {
        assert_eq!(super::address("Ada@Example.COM"), "ada@example.com");
    }
}
