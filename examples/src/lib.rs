//! Small applications.
