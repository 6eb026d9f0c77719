//! The digests of the pictures that stand for types of artifacts; all Harbors have the same.

pub(super) const IMAGE: &str = "sha256:0048162a053eef4d4ce3fe7518615bef084403614f8bca43b40ae2e762e11e06";
pub(super) const CHART: &str = "sha256:61cf3a178ff0f75bf08a25d96b75cf7355dc197749a9f128ed3ef34b0df05518";
pub(super) const MODEL: &str = "sha256:1e1e5c5fdaf0931ec8655e835d1182f723a0c322a6760211622e1270f0193717";
pub(super) const WASM: &str = "sha256:badd7693bcaf115be202748241dd0ea6ee3b0524bfab9ac22d1e1c43721afec6";
pub(super) const SBOM: &str = "sha256:c19f80c357cd7e90d2a01b9ae3e2eb62ce447a2662bb590a19177d72d550bdae";
pub(super) const SIGNATURE: &str = "sha256:20401d5b3a0f6dbc607c8d732eb08471af4ae6b19811a4efce8c6a724aed2882";
pub(super) const NYDUS: &str = "sha256:dfcb6617cd9c144358dc1b305b87bbe34f0b619f1e329116e6aee2e41f2e34cf";
pub(super) const OTHER: &str = "sha256:da834479c923584f4cbcdecc0dac61f32bef1d51e8aae598cf16bd154efab49f";

/// Whether a digest is that of a picture.
pub(crate) fn is_icon(digest: &str) -> bool {
    [IMAGE, CHART, MODEL, WASM, SBOM, SIGNATURE, NYDUS, OTHER].contains(&digest)
}
