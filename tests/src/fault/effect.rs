//! What a fault does to an answer.

use std::time::{Duration, SystemTime};

use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::Kind;
use super::answers::{with_null_tags, with_odd_finding, with_wrong_shape};
use crate::http::Answer;
use crate::http::pages::portal;
use crate::nginx;
use crate::wire::errors::Refusal;

/// What a fault does to an answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Effect {
    pub(crate) kind: Kind,
    pub(super) retry_after: Option<RetryAfter>,
    pub(super) body: Body,
}

/// When a client shall come again.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum RetryAfter {
    Seconds(u64),
    Date(SystemTime),
    DateIn(Duration),
}

/// What comes with a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// What the one who usually answers with the status sends.
    OfSender,
    Json,
    Html,
}

impl Effect {
    /// The answer in the place of Harbor's, which then has nothing to do with the request.
    pub(crate) fn answer_instead(&self) -> Option<Answer> {
        let answer = match &self.kind {
            Kind::Status(status) | Kind::Cap { refusal: Some(status), .. } => self.of_status(*status),
            Kind::PostgresqlDown => Refusal::of_status(StatusCode::INTERNAL_SERVER_ERROR).answer(),
            Kind::EmptyError => {
                Answer { status: StatusCode::INTERNAL_SERVER_ERROR, headers: HeaderMap::new(), body: Bytes::new() }
            }
            Kind::Html => portal(),
            _ => return None,
        };
        Some(self.with_retry_after(answer))
    }

    /// Turns the answer that Harbor would give into the one that it gives.
    pub(crate) fn change(&self, answer: Answer) -> Answer {
        let answer = match &self.kind {
            Kind::Empty => Answer { status: StatusCode::OK, body: Bytes::new(), ..answer },
            Kind::Null => Answer { status: StatusCode::OK, body: Bytes::from_static(b"null\n"), ..answer },
            Kind::OddFinding => Answer { body: with_odd_finding(&answer.body), ..answer },
            Kind::BrokenJson => Answer { body: answer.body.slice(..answer.body.len() / 2), ..answer },
            Kind::WrongShape if answer.status.is_success() => Answer { body: with_wrong_shape(&answer.body), ..answer },
            Kind::NullTags => Answer { body: with_null_tags(&answer.body), ..answer },
            _ => answer,
        };
        self.with_retry_after(answer)
    }

    fn of_status(&self, status: StatusCode) -> Answer {
        let is_page = match self.body {
            Body::OfSender => matches!(status.as_u16(), 414 | 502..=504),
            Body::Html => true,
            Body::Json => false,
        };
        match is_page {
            true => nginx::page(status),
            false => Refusal::of_status(status).answer(),
        }
    }

    fn with_retry_after(&self, mut answer: Answer) -> Answer {
        if let Some(value) = self.retry_after.as_ref().and_then(RetryAfter::value) {
            answer.headers.insert(RETRY_AFTER, value);
        }
        answer
    }
}

impl RetryAfter {
    fn value(&self) -> Option<HeaderValue> {
        match self {
            Self::Seconds(seconds) => Some(HeaderValue::from(*seconds)),
            Self::Date(date) => http_date(*date),
            // Dates have whole seconds; a date too early would be a promise broken.
            Self::DateIn(time) => {
                http_date(SystemTime::now().checked_add(*time)?.checked_add(Duration::from_millis(999))?)
            }
        }
    }
}

fn http_date(date: SystemTime) -> Option<HeaderValue> {
    let date = DateTime::<Utc>::from(date).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    HeaderValue::try_from(date).ok()
}
