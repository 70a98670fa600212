//! Company names.
