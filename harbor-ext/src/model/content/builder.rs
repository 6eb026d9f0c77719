//! Putting the content of a finding together, member by member.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::value::RawValue;

use super::span::Span;
use super::{Content, Element, LISTS, OBJECTS, TEXTS};
use crate::model::json;

pub(super) struct Builder<'a> {
    element: &'a str,
    digests: Option<Range<usize>>,
    texts: [Option<Cow<'a, str>>; TEXTS.len()],
    lists: [Option<Vec<Cow<'a, str>>>; LISTS.len()],
    objects: [Option<Cow<'a, str>>; OBJECTS.len()],
    others: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
}

/// The text of a content while it grows.
struct Text<'a> {
    element: &'a str,
    /// What was taken out of the element.
    gap: Range<usize>,
    text: String,
}

impl<'a> Builder<'a> {
    pub(super) fn new(element: &'a str, digests: Option<Range<usize>>) -> Self {
        Self {
            element,
            digests,
            texts: Default::default(),
            lists: Default::default(),
            objects: Default::default(),
            others: BTreeMap::new(),
        }
    }

    /// Sets a member. A later member of the same name replaces an earlier one.
    pub(super) fn set(&mut self, name: Cow<'a, str>, value: &'a RawValue) {
        let index_in = |names: &[&str]| names.iter().position(|known| *known == name);
        if let Some(index) = index_in(&OBJECTS) {
            self.objects[index] = Some(json::compact(value));
            return;
        }
        let mut fits = false;
        if let Some(index) = index_in(&TEXTS) {
            self.texts[index] = json::text(value.get());
            fits = self.texts[index].is_some();
        }
        if let Some(index) = index_in(&LISTS) {
            self.lists[index] = json::texts(value.get());
            fits = self.lists[index].is_some();
        }
        if fits {
            self.others.remove(&name);
        } else {
            self.others.insert(name, json::compact(value));
        }
    }

    /// `None` where the text is too long.
    pub(super) fn finish(self) -> Option<Content> {
        let mut text = Text::new(self.element, self.digests.clone());
        let element = Element {
            length: u32::try_from(text.text.len()).ok()?,
            digests: self.digests.map(|digests| digests.start as u32),
        };
        let mut parts = Vec::new();
        let texts = text.spans(self.texts)?;
        let objects = text.spans(self.objects)?;
        let mut lists = [None; LISTS.len()];
        for (list, texts) in lists.iter_mut().zip(self.lists) {
            if let Some(texts) = texts {
                *list = Some(text.add_all(&mut parts, texts)?);
            }
        }
        let others = self.others.into_iter().flat_map(|(name, value)| [name, value]);
        let others = text.add_all(&mut parts, others)?;
        Some(Content {
            text: text.text.into(),
            element,
            texts,
            lists,
            objects,
            others: Some(others).filter(|others| !others.range().is_empty()),
            parts: parts.into(),
        })
    }
}

impl<'a> Text<'a> {
    fn new(element: &'a str, digests: Option<Range<usize>>) -> Self {
        let gap = digests.unwrap_or(element.len()..element.len());
        Self { element, text: [&element[..gap.start], &element[gap.end..]].concat(), gap }
    }

    /// Where a part of the element stands in the text; whatever else it is, it is added.
    fn add(&mut self, part: &str) -> Option<Span> {
        let start = (part.as_ptr() as usize).wrapping_sub(self.element.as_ptr() as usize);
        let end = start.wrapping_add(part.len());
        let is_within = |range: Range<usize>| range.start <= start && start <= end && end <= range.end;
        if is_within(0..self.gap.start) {
            return Span::new(start..end);
        }
        if is_within(self.gap.end..self.element.len()) {
            return Span::new(start - self.gap.len()..end - self.gap.len());
        }
        let start = self.text.len();
        self.text.push_str(part);
        Span::new(start..self.text.len())
    }

    fn spans<const N: usize>(&mut self, texts: [Option<Cow<'_, str>>; N]) -> Option<[Option<Span>; N]> {
        let mut spans = [None; N];
        for (span, text) in spans.iter_mut().zip(texts) {
            if let Some(text) = text {
                *span = Some(self.add(&text)?);
            }
        }
        Some(spans)
    }

    /// Adds texts to the parts; gives which of them they are.
    fn add_all<'t>(&mut self, parts: &mut Vec<Span>, texts: impl IntoIterator<Item = Cow<'t, str>>) -> Option<Span> {
        let start = parts.len();
        for text in texts {
            parts.push(self.add(&text)?);
        }
        Span::new(start..parts.len())
    }
}
