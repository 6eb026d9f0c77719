//! Keywords of schemas that both notations share.

/// Keywords that say which values are allowed or assumed, and hold no schema.
pub(crate) const CHECKS: [&str; 12] = [
    "default",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "multipleOf",
    "pattern",
    "uniqueItems",
];
