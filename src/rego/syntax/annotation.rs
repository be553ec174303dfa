//! METADATA comments.
