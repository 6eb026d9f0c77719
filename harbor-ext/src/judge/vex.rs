//! What vendors and owners say of vulnerabilities in their products, in OpenVEX or CycloneDX.

/// What a document says of vulnerabilities in products.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Vex {
    /// The identifier of the document.
    pub id: String,
}
