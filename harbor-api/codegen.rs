//! Turns Harbor's description into the Rust source of its client.
//!
//! The build script and `cargo xtask regen` compile this same file, so that what xtask checks is
//! what callers get.

use std::fmt;

use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle};
use syn::{File, ImplItem, Item, Type};

/// Generates the client for a description in OpenAPI 3.0, as formatted Rust source.
///
/// With `schemars`, every type derives `schemars::JsonSchema`.
///
/// # Errors
///
/// When the text is no OpenAPI 3.0 description, or describes what the generator cannot express.
pub(crate) fn generate(description: &str, schemars: bool) -> Result<String, CodegenError> {
    let spec = serde_norway::from_str(description).map_err(CodegenError::Description)?;
    let mut settings = GenerationSettings::new();
    settings
        // New optional parameters of a later Harbor stay additive.
        .with_interface(InterfaceStyle::Builder)
        .with_tag(TagStyle::Merged)
        // A forgotten hook is a compile error.
        .with_hooks(HooksMode::Expected)
        .with_derive("PartialEq");
    if schemars {
        settings.with_derive("schemars::JsonSchema");
    }
    let tokens = Generator::new(&settings).generate_tokens(&spec).map_err(CodegenError::Generator)?;
    let mut file: File = syn::parse2(tokens).map_err(CodegenError::Syntax)?;
    remove_constructor(&mut file);
    Ok(prettyplease::unparse(&file))
}

/// Why there is no client.
#[derive(Debug)]
pub(crate) enum CodegenError {
    /// The text could not be read as OpenAPI 3.0.
    Description(serde_norway::Error),
    /// The generator refused the description.
    Generator(progenitor::Error),
    /// The generator wrote something that is not Rust.
    Syntax(syn::Error),
}

impl fmt::Display for CodegenError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Description(error) => {
                write!(formatter, "not an OpenAPI 3.0 description: {error}")
            }
            Self::Generator(error) => write!(formatter, "the generator refused it: {error}"),
            Self::Syntax(error) => write!(formatter, "the generated code is not Rust: {error}"),
        }
    }
}

impl std::error::Error for CodegenError {}

/// Takes `Client::new` away: it panics without a TLS provider and limits every call to 15 seconds.
fn remove_constructor(file: &mut File) {
    for item in &mut file.items {
        let Item::Impl(block) = item else { continue };
        let inherent = block.trait_.is_none();
        let of_client = matches!(&*block.self_ty, Type::Path(path) if path.path.is_ident("Client"));
        if inherent && of_client {
            block.items.retain(|item| !matches!(item, ImplItem::Fn(function) if function.sig.ident == "new"));
        }
    }
}
