//! What a statement applies to.

use super::package::Package;
use super::product::{Identity, Image, Product};
use crate::model::{Artifact, FindingRef};

/// Images, packages, or packages in images.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// `None` for a package in any image.
    image: Option<Image>,
    /// `None` for all packages of the image.
    packages: Option<Vec<Package>>,
}

impl Target {
    pub(super) fn image(image: Image) -> Self {
        Self { image: Some(image), packages: None }
    }

    pub(super) fn packages_in(image: Image, packages: Vec<Package>) -> Self {
        Self { image: Some(image), packages: Some(packages) }
    }

    /// A package wherever it is; if it is not recognised everywhere, why.
    pub(super) fn package(package: Package) -> Result<Self, &'static str> {
        package.stands_alone().map(|()| Self { image: None, packages: Some(vec![package]) })
    }

    /// Whether a finding in an artifact is in it.
    pub(super) fn holds(&self, artifact: &Artifact, finding: FindingRef<'_>) -> bool {
        let is_in = |packages: &Vec<Package>| packages.iter().any(|package| package.holds(finding.get()));
        self.packages.as_ref().is_none_or(is_in)
            && self.image.as_ref().is_none_or(|image| image.holds(artifact, finding))
    }
}

/// Which packages identities are; what is not one is given to `refuse` with the reason.
pub(super) fn packages<'a>(
    identities: impl IntoIterator<Item = &'a Identity>,
    mut refuse: impl FnMut(&Identity, &'static str),
) -> Vec<Package> {
    let mut packages = Vec::new();
    for identity in identities {
        match Product::recognise(identity) {
            Ok(Product::Package(package)) => packages.push(package),
            Ok(Product::Image(_)) => refuse(identity, "an image is no package"),
            Err(reason) => refuse(identity, reason),
        }
    }
    packages
}
