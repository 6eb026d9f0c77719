//! Which indexes an artifact is part of.

use std::collections::HashMap;
use std::sync::Arc;

use super::Artifact;
use crate::name::{Digest, RepositoryName};

/// Which indexes among some artifacts an artifact is part of.
///
/// ```
/// use harbor_ext::model::{Artifact, Child, Parents, Platform};
/// # let digest = |n: u8| format!("sha256:{n:064x}").parse().unwrap();
/// let image = Artifact::new("library/nginx".parse().unwrap(), digest(1));
/// let mut index = Artifact::new("library/nginx".parse().unwrap(), digest(2));
/// index.children = vec![Child::new(image.digest.clone(), Platform::default())];
///
/// let artifacts = [image, index];
/// let parents = Parents::among(&artifacts);
/// assert_eq!(parents.of(&artifacts[0]), [&artifacts[1]]);
/// assert!(parents.of(&artifacts[1]).is_empty());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Parents<'a> {
    by_child: HashMap<Key, Vec<&'a Artifact>>,
}

/// [`Artifact::key`], to be looked up with what lives shorter.
type Key = (Option<Arc<str>>, RepositoryName, Digest);

impl<'a> Parents<'a> {
    /// Looks at artifacts, or at anything that has one.
    #[must_use]
    pub fn among<T: AsRef<Artifact> + 'a>(artifacts: impl IntoIterator<Item = &'a T>) -> Self {
        let mut by_child: HashMap<_, Vec<&Artifact>> = HashMap::new();
        for index in artifacts.into_iter().map(AsRef::as_ref) {
            for child in &index.children {
                let parents = by_child.entry(key(index, &child.digest)).or_default();
                // An index may refer to one image for two platforms.
                if parents.last().is_none_or(|last| !std::ptr::eq(*last, index)) {
                    parents.push(index);
                }
            }
        }
        Self { by_child }
    }

    /// The indexes of the same repository of the same registry that refer to an artifact, in the order in which they were given.
    #[must_use]
    pub fn of(&self, artifact: &Artifact) -> &[&'a Artifact] {
        self.by_child.get(&key(artifact, &artifact.digest)).map_or(&[], Vec::as_slice)
    }
}

fn key(artifact: &Artifact, digest: &Digest) -> Key {
    (artifact.registry.clone(), artifact.repository.clone(), digest.clone())
}
