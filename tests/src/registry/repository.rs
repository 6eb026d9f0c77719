//! Repositories: what is pushed into them, tagged, and deleted.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::accessory::{Accessory, AccessoryRow, SBOM};
use super::artifact::Tag;
use super::{Artifact, BEGINNING, Ids, Sbom, Scans};

/// A repository: a path inside of a project, and its artifacts.
#[derive(Clone, Debug)]
pub struct Repository {
    pub(crate) id: i64,
    pub(crate) created: DateTime<Utc>,
    pub(crate) updated: DateTime<Utc>,
    pub(crate) full_name: String,
    pub(crate) description: String,
    pub(crate) pulls: i64,
    pub(crate) artifacts: Vec<Artifact>,
    /// Where in `artifacts` a digest or a tag is.
    positions: HashMap<Arc<str>, usize>,
    name: String,
}

impl Repository {
    /// A repository without artifacts; its name may have slashes.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            id: 0,
            created: BEGINNING,
            updated: BEGINNING,
            full_name: name.clone(),
            description: String::new(),
            pulls: 0,
            artifacts: Vec::new(),
            positions: HashMap::new(),
            name,
        }
    }

    /// Adds an artifact.
    #[must_use]
    pub fn with_artifact(mut self, artifact: Artifact) -> Self {
        self.artifacts.push(artifact);
        self
    }

    /// The name without the name of the project.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number that the database gave; 0 before the repository is part of a registry.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.id
    }

    /// All artifacts in the order of their pushes, the children of indexes too.
    #[must_use]
    pub fn artifacts(&self) -> &[Artifact] {
        &self.artifacts
    }

    /// The artifact that has a digest or a tag.
    #[must_use]
    pub fn artifact(&self, reference: &str) -> Option<&Artifact> {
        self.positions.get(reference).map(|position| &self.artifacts[*position])
    }

    pub(crate) fn artifact_mut(&mut self, reference: &str) -> Option<&mut Artifact> {
        self.positions.get(reference).map(|position| &mut self.artifacts[*position])
    }

    /// The artifacts that a list shows: the tagged ones, and the untagged ones that no index refers
    /// to.
    pub fn listed(&self) -> impl Iterator<Item = &Artifact> {
        self.artifacts.iter().filter(|artifact| !artifact.is_hidden())
    }

    /// The bytes of an artifact without those of its children, which the size of an index includes where Harbor told it.
    pub(super) fn own_size(&self, artifact: &Artifact) -> i64 {
        let children = artifact.references.iter().filter_map(|child| self.artifact(&child.child_digest));
        let children: i64 = children.map(|child| child.size).sum();
        if artifact.size >= children { artifact.size - children } else { artifact.size }
    }

    /// Takes an artifact and its children in, and answers its digest.
    pub(crate) fn adopt(&mut self, mut artifact: Artifact, ids: &mut Ids, scans: &mut Scans) -> Arc<str> {
        for (platform, child) in std::mem::take(&mut artifact.children) {
            let digest = self.adopt(child, ids, scans);
            if let Some(position) = self.positions.get(&digest) {
                let child = &mut self.artifacts[*position];
                child.referenced = true;
                match artifact.references.iter_mut().find(|reference| reference.child_digest == digest) {
                    // A copied index knows its children by the numbers that they had elsewhere.
                    Some(reference) => reference.child_id = child.id,
                    None => artifact.refer_to(child.id, digest, platform),
                }
            }
        }
        if artifact.digest.is_empty() {
            let seed = format!("{}#{}", self.full_name, ids.artifact);
            artifact.digest = super::artifact::digest_of(seed.as_bytes());
        }
        let digest = Arc::clone(&artifact.digest);
        if let Some(scan) = artifact.scan.take() {
            scans.set(Arc::clone(&digest), scan);
        }
        if let Some(scan) = artifact.next_scan.take() {
            scans.set_next(Arc::clone(&digest), scan);
        }
        let accessories = std::mem::take(&mut artifact.pushed_accessories);
        let tags = std::mem::take(&mut artifact.pushed_tags);
        if !self.positions.contains_key(&digest) {
            artifact.id = ids.next_artifact();
            artifact.pushed = ids.now();
            for reference in &mut artifact.references {
                reference.parent_id = artifact.id;
            }
            self.positions.insert(Arc::clone(&digest), self.artifacts.len());
            self.artifacts.push(artifact);
        }
        for tag in tags {
            self.tag(&digest, &tag, ids);
        }
        for accessory in accessories {
            // What is copied again is there already.
            if !self.positions.contains_key(&accessory.artifact.digest) {
                self.attach(&digest, accessory, ids);
            }
        }
        digest
    }

    /// Takes an accessory of an artifact in.
    pub(super) fn attach(&mut self, subject: &str, accessory: Accessory, ids: &mut Ids) {
        let Accessory { kind, icon, mut artifact } = accessory;
        if artifact.digest.is_empty() {
            let seed = format!("{} {kind} of {subject}#{}", self.full_name, ids.artifact);
            artifact.digest = super::artifact::digest_of(seed.as_bytes());
        }
        artifact.id = ids.next_artifact();
        artifact.pushed = ids.now();
        artifact.is_accessory = true;
        let (digest, created) = (Arc::clone(&artifact.digest), artifact.pushed);
        let id = ids.next_accessory();
        let Some(subject) = self.artifact_mut(subject) else { return };
        if kind == SBOM {
            subject.sbom = Some(Box::new(Sbom::ready(Arc::clone(&digest), created)));
        }
        let (artifact_id, size) = (artifact.id, artifact.size);
        subject.accessories.push(AccessoryRow {
            id,
            artifact_id,
            digest: Arc::clone(&digest),
            kind,
            icon,
            size,
            created,
        });
        self.positions.insert(digest, self.artifacts.len());
        self.artifacts.push(artifact);
    }

    /// Gives a tag to an artifact and takes it from the one that had it.
    pub(crate) fn tag(&mut self, reference: &str, name: &str, ids: &mut Ids) -> bool {
        let Some(position) = self.positions.get(reference).copied() else {
            return false;
        };
        if let Some(before) = self.positions.insert(Arc::from(name), position) {
            self.artifacts[before].tags.retain(|tag| tag.name != name);
        }
        let (id, pushed) = (ids.next_tag(), ids.now());
        let tag = Tag { id, name: name.to_owned(), pushed, pulled: None, immutable: false };
        self.updated = tag.pushed;
        self.artifacts[position].tags.push(tag);
        true
    }

    /// Takes a tag from its artifact, and tells whether it was there.
    pub(crate) fn delete_tag(&mut self, name: &str) -> bool {
        let Some(position) = self.positions.get(name).copied() else {
            return false;
        };
        let tags = &mut self.artifacts[position].tags;
        let before = tags.len();
        tags.retain(|tag| tag.name != name);
        // What is found here may be a digest, which is no tag.
        let deleted = tags.len() < before;
        if deleted {
            self.positions.remove(name);
        }
        deleted
    }

    /// An artifact of the repository as it would be pushed elsewhere: with its tags, children and accessories, and
    /// without labels.
    pub(crate) fn copy_of(&self, artifact: &Artifact) -> Artifact {
        let mut copy = artifact.clone();
        copy.id = 0;
        copy.pulled = None;
        copy.sbom = None;
        copy.labels.clear();
        copy.referenced = false;
        copy.pushed_tags = std::mem::take(&mut copy.tags).into_iter().map(|tag| tag.name).collect();
        let children = artifact.references.iter();
        let children = children.filter_map(|child| Some((&child.platform, self.artifact(&child.child_digest)?)));
        copy.children = children.map(|(platform, child)| (platform.clone(), self.copy_of(child))).collect();
        let rows = std::mem::take(&mut copy.accessories).into_iter();
        let accessories = rows.filter_map(|AccessoryRow { kind, icon, digest, .. }| {
            Some(Accessory { kind, icon, artifact: self.copy_of(self.artifact(&digest)?) })
        });
        copy.pushed_accessories = accessories.collect();
        copy
    }

    /// Deletes the artifact that has a digest or a tag, with its accessories; children of a deleted index are listed from
    /// then on.
    pub(crate) fn delete(&mut self, reference: &str) -> bool {
        let Some(position) = self.positions.get(reference) else {
            return false;
        };
        let deleted = self.artifacts.remove(*position);
        let belongs = |artifact: &Artifact| deleted.accessories.iter().any(|row| row.digest == artifact.digest);
        self.artifacts.retain(|artifact| !belongs(artifact));
        for subject in &mut self.artifacts {
            subject.accessories.retain(|row| row.digest != deleted.digest);
        }
        self.index();
        true
    }

    /// Finds anew where everything is, and which artifacts an index refers to.
    pub(super) fn index(&mut self) {
        let references = self.artifacts.iter().flat_map(|known| &known.references);
        let children: HashSet<_> = references.map(|child| Arc::clone(&child.child_digest)).collect();
        self.positions.clear();
        for (position, artifact) in self.artifacts.iter_mut().enumerate() {
            artifact.referenced = children.contains(&artifact.digest);
            self.positions.insert(Arc::clone(&artifact.digest), position);
            for tag in &artifact.tags {
                self.positions.insert(Arc::from(tag.name.as_str()), position);
            }
        }
    }
}
