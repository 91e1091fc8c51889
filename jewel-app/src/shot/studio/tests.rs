//! The studio on small pictures that are drawn here.
