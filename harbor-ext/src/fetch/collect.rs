//! From a stream to everything that came of it.

use futures::StreamExt;

use super::query::Fetched;
use super::stream::Fetching;
use crate::failure::Failure;
use crate::outcome::Collected;

impl<T: Fetched> Fetching<T> {
    /// Waits for everything that is still to come; see [`Query::collect`](super::Query::collect). Use it where the
    /// stream is wanted for its [`progress`](Self::progress) only.
    ///
    /// Dropping the future ends the requests under way.
    pub async fn into_collected(mut self) -> Collected<T> {
        let (mut items, mut failures) = (Vec::new(), Vec::new());
        while let Some(next) = self.next().await {
            match next {
                Ok(item) => {
                    failures.extend(item.failure().cloned());
                    items.push(item);
                }
                Err(failure) => failures.push(failure),
            }
        }
        // It may have grown to twice what it holds.
        items.shrink_to_fit();
        items.sort_by(T::compare);
        failures.sort_by(|one, other| (&one.target, one.phase).cmp(&(&other.target, other.phase)));
        Collected { items, failures, summary: self.summary() }
    }

    /// Waits for everything that is still to come, or for the first thing that cannot be read; see
    /// [`Query::try_collect`](super::Query::try_collect).
    ///
    /// # Errors
    ///
    /// The first [`Failure`]; the requests under way are ended.
    pub async fn try_into_items(mut self) -> Result<Vec<T>, Failure> {
        let mut items = Vec::new();
        while let Some(next) = self.next().await {
            let item = next?;
            if let Some(failure) = item.failure() {
                return Err(failure.clone());
            }
            items.push(item);
        }
        items.sort_by(T::compare);
        Ok(items)
    }
}
