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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Child, Platform};

    #[test]
    fn parents_are_of_the_same_repository_of_the_same_registry() {
        let artifact = |registry: Option<&str>, repository: &str, number: u8| {
            let digest = format!("sha256:{number:064x}").parse().unwrap();
            let mut artifact = Artifact::new(repository.parse().unwrap(), digest);
            artifact.registry = registry.map(Arc::from);
            artifact
        };
        let mut index = artifact(Some("one"), "p/a", 1);
        index.children = vec![Child::new(artifact(None, "p/a", 2).digest, Platform::default())];
        let artifacts = [index];
        let parents = Parents::among(&artifacts);
        assert_eq!(parents.of(&artifact(Some("one"), "p/a", 2)), [&artifacts[0]]);
        for other in [(Some("two"), "p/a"), (None, "p/a"), (Some("one"), "p/b")] {
            assert!(parents.of(&artifact(other.0, other.1, 2)).is_empty(), "{other:?}");
        }
    }
}
