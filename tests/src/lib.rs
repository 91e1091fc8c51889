//! See tests.
