//! The `Accept` header: which of the content types of an operation the answer gets.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

/// A content type that the caller takes, and how much.
#[derive(Clone, Copy, Debug)]
struct Wanted<'a> {
    kind: &'a str,
    quality: f64,
}

/// The offer that the caller likes best, the first of equals, or `None` where none is taken.
///
/// Who does not say what is wanted gets the first. Capitals count, and a type without a quality counts fully.
pub(crate) fn choose(headers: &HeaderMap, offers: &[&'static str]) -> Option<&'static str> {
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let wanted: Vec<_> = values.flat_map(|value| value.split(',')).filter_map(wanted).collect();
    if wanted.is_empty() {
        return offers.first().copied();
    }
    let mut best: Option<(&'static str, f64, u8)> = None;
    for offer in offers {
        for each in wanted.iter().filter(|each| each.quality > 0.0) {
            let Some(wildness) = wildness(each.kind, offer) else { continue };
            let better = |(_, quality, wild): (&str, f64, u8)| {
                each.quality > quality || each.quality == quality && wildness < wild
            };
            if best.is_none_or(better) {
                best = Some((offer, each.quality, wildness));
            }
        }
    }
    best.map(|(offer, _, _)| offer)
}

/// Reads one element of the header; an empty one is none.
fn wanted(element: &str) -> Option<Wanted<'_>> {
    let mut parts = element.split(';').map(str::trim);
    let kind = parts.next().filter(|kind| !kind.is_empty())?;
    let quality = parts.find_map(|part| part.strip_prefix("q="));
    Some(Wanted { kind, quality: quality.map_or(1.0, |text| text.parse().unwrap_or(0.0)) })
}

/// How loosely a wanted type fits an offer, or `None` where it does not.
fn wildness(wanted: &str, offer: &str) -> Option<u8> {
    match wanted.strip_suffix("/*") {
        _ if wanted == "*/*" => Some(2),
        Some(family) => offer.strip_prefix(family).filter(|rest| rest.starts_with('/')).map(|_| 1),
        None => (wanted == offer).then_some(0),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::choose;

    #[test]
    fn chooses_as_harbor_does() {
        let offers = ["text/plain", "application/json"];
        let (text, json) = (Some("text/plain"), Some("application/json"));
        for (accept, chosen) in [
            ("", text),
            ("*/*", text),
            ("application/json", json),
            ("application/json; charset=utf-8", json),
            ("application/*", json),
            ("application/json, text/plain", text),
            ("text/html, application/json;q=0.9, */*;q=0.8", json),
            ("text/plain;q=0.5, application/json", json),
            ("text/html", None),
            ("APPLICATION/JSON", None),
            ("application/json;q=0", None),
            ("*", None),
        ] {
            let headers = HeaderMap::from_iter([(super::ACCEPT, HeaderValue::from_str(accept).unwrap())]);
            assert_eq!(choose(&headers, &offers), chosen, "{accept}");
        }
        assert_eq!(choose(&HeaderMap::new(), &offers), text);
    }
}
