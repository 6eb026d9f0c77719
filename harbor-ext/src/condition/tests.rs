use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use proptest::prelude::*;

use super::*;
use crate::name::Digest;

/// What Harbor's parser makes of a value.
#[derive(Debug, PartialEq)]
enum Read {
    Exact(String),
    Part(String),
    Range(Option<Scalar>, Option<Scalar>),
    AnyOf(Vec<Scalar>),
    AllOf(Vec<Scalar>),
}

#[derive(Debug, PartialEq)]
enum Scalar {
    Time(chrono::NaiveDateTime),
    Number(i64),
    Text(String),
}

/// Decodes as a form does: `+` is a space.
fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8().unwrap().into_owned()
}

/// Sends `q` through a URL and reads it as the server's grammar says, which is written down here once more.
fn read_by_server(q: &str) -> BTreeMap<String, Read> {
    let url = url::form_urlencoded::Serializer::new(String::new()).append_pair("q", q).finish();
    let twice_decoded = decode(&decode(url.strip_prefix("q=").unwrap()));
    let mut read = BTreeMap::new();
    for pair in twice_decoded.split(',') {
        let (key, value) = pair.split_once('=').unwrap();
        assert!(!key.is_empty() && !value.is_empty(), "{pair}");
        let old = read.insert(key.to_owned(), pattern(value));
        assert!(old.is_none(), "only the last condition on {key} would count");
    }
    read
}

fn pattern(value: &str) -> Read {
    let inside = value.get(1..value.len() - 1).unwrap_or_default();
    let members = |list: &str| list.split(' ').filter(|item| !item.is_empty()).map(scalar).collect();
    match value.as_bytes()[0] {
        b'~' => Read::Part(value[1..].to_owned()),
        b'[' => {
            assert!(value.ends_with(']') && value.matches('~').count() == 1, "{value}");
            let (from, to) = inside.split_once('~').unwrap();
            assert!(!from.is_empty() || !to.is_empty());
            let end = |text: &str| (!text.is_empty()).then(|| scalar(text));
            Read::Range(end(from), end(to))
        }
        b'{' => {
            assert!(value.ends_with('}'), "{value}");
            Read::AnyOf(members(inside))
        }
        b'(' => {
            assert!(value.ends_with(')'), "{value}");
            Read::AllOf(members(inside))
        }
        b'\\' => Read::Exact(value[1..].to_owned()),
        _ => Read::Exact(value.to_owned()),
    }
}

fn scalar(text: &str) -> Scalar {
    let text = text.trim();
    if let Ok(time) = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f") {
        return Scalar::Time(time);
    }
    match text.parse() {
        Ok(number) => Scalar::Number(number),
        Err(_) => Scalar::Text(text.trim_matches(['"', '\'']).to_owned()),
    }
}

fn conditions(all: impl IntoIterator<Item = Condition>) -> Conditions {
    let mut conditions = Conditions::default();
    all.into_iter().for_each(|condition| conditions.add(condition).unwrap());
    conditions
}

fn read_one(condition: Condition) -> Read {
    let key = condition.key().to_owned();
    read_by_server(&conditions([condition]).encode()).remove(&key).unwrap()
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn artifact() -> Artifact {
    let digest: Digest = format!("sha256:{:064}", 1).parse().unwrap();
    Artifact::new("p/r".parse().unwrap(), digest)
}

/// Texts that are hard on encodings and grammars, and any others.
fn texts() -> impl Strategy<Value = String> {
    let hard = prop::sample::select(vec![
        "+",
        "%",
        "%2B",
        "%25",
        "%zz",
        "~",
        "\\",
        "\\~",
        "[",
        "]",
        "{",
        "}",
        "(",
        ")",
        "'",
        "\"",
        " ",
        ",",
        "=",
        "&",
        "#",
        "?",
        "ü",
        "日",
        "1",
        "nil",
        "*",
        "2026-01-01T00:00:00",
        "\0",
        "a",
    ]);
    prop_oneof![prop::collection::vec(hard, 0..6).prop_map(|parts| parts.concat()), any::<String>()]
}

proptest! {
    /// A2d: what the server reads after two decodings is what was asked for, or the text is refused for a reason that is
    /// there.
    #[test]
    fn the_server_reads_what_was_asked_for(text in texts()) {
        let is_sendable = !text.is_empty() && !text.contains([',', '\0']) && text.len() < 200;
        for make in [Condition::is, Condition::contains] {
            match make(TextKey::MediaType, text.clone()) {
                Ok(condition) => {
                    let wanted = match &condition.0 {
                        Test::Text(_, TextPattern::Contains(part)) => Read::Part(part.clone()),
                        _ => Read::Exact(text.clone()),
                    };
                    if is_sendable {
                        prop_assert_eq!(read_one(condition.clone()), wanted);
                    }
                    prop_assert_eq!(condition.to_string().parse::<Condition>(), Ok(condition));
                }
                Err(error) => prop_assert!(text.is_empty() || text.contains([',', '\0']), "{error}"),
            }
        }
    }

    /// A2d: the members of a list arrive as they were, as texts even where they look like numbers or times.
    #[test]
    fn the_server_reads_lists_as_they_were(list in prop::collection::vec(texts(), 0..4)) {
        let distinct: BTreeSet<String> = list.iter().cloned().collect();
        match Condition::any_of(TextKey::Digest, list.clone()) {
            Ok(condition) if list.iter().map(String::len).sum::<usize>() < 200 => {
                let wanted: Vec<Scalar> = distinct.iter().cloned().map(Scalar::Text).collect();
                prop_assert_eq!(condition.to_string().parse::<Condition>(), Ok(condition.clone()));
                match read_one(condition) {
                    Read::AnyOf(members) => prop_assert_eq!(members, wanted),
                    other => prop_assert_eq!((other, distinct.len()), (Read::Exact(list[0].clone()), 1)),
                }
            }
            Ok(_) => {}
            Err(_) => {
                let is_refused = |text: &String| text.is_empty() || text.contains([',', '\0', ' '])
                    || text.starts_with(['\'', '"']) || text.ends_with(['\'', '"']);
                prop_assert!(distinct.is_empty() || distinct.iter().any(is_refused));
            }
        }
    }

    /// A2d: ranges arrive with both ends included, and two of one key are one range that both hold.
    #[test]
    fn the_server_reads_one_range(a in any::<i64>(), b in any::<i64>(), c in any::<i64>(), number in any::<i64>()) {
        let mut combined = Conditions::default();
        let ranges = [Condition::number(NumberKey::Size, a..b), Condition::number(NumberKey::Size, c..)];
        let is_possible = ranges.into_iter().all(|range| range.is_ok_and(|range| combined.add(range).is_ok()));
        prop_assert_eq!(is_possible, a < b && c < b);
        if is_possible {
            let wanted = Read::Range(Some(Scalar::Number(a.max(c))), Some(Scalar::Number(b - 1)));
            prop_assert_eq!(&read_by_server(&combined.encode())["size"], &wanted);
            let Test::Number(_, span) = combined.conditions().next().unwrap().0 else { unreachable!() };
            prop_assert_eq!(span.contains(number), (a..b).contains(&number) && number >= c);
        }
    }

    /// No text makes the parser panic, and what it accepts is displayed as itself.
    #[test]
    fn any_text_is_read_or_refused(key in "[a-z_]{0,8}|type|size|tags|push_time|labels|base", value in texts()) {
        if let Ok(condition) = format!("{key}={value}").parse::<Condition>() {
            prop_assert_eq!(condition.to_string().parse::<Condition>(), Ok(condition));
        }
    }
}

#[test]
fn times_are_sent_in_the_one_layout_that_is_read_as_a_time() {
    let (from, to) = (time("2026-01-02T03:04:05.678Z"), time("2026-02-01T00:00:00Z"));
    let range = Condition::time(TimeKey::PushTime, from..to).unwrap();
    let Read::Range(Some(Scalar::Time(min)), Some(Scalar::Time(max))) = read_one(range.clone()) else {
        panic!("{range}")
    };
    assert_eq!((min.and_utc(), max.and_utc()), (from, to - chrono::TimeDelta::microseconds(1)));
    let mut artifact = artifact();
    for (pushed, is_in) in [
        ("2026-01-02T03:04:05.678Z", true),
        ("2026-01-02T03:04:05.677Z", false),
        ("2026-01-31T23:59:59.999Z", true),
        ("2026-02-01T00:00:00.000Z", false),
    ] {
        artifact.push_time = Some(time(pushed));
        assert_eq!(range.matches(&artifact), is_in, "{pushed}");
    }
    // Two ranges that meet share no microsecond and leave none out.
    let odd = from + chrono::TimeDelta::nanoseconds(500);
    let before = Condition::time(TimeKey::PushTime, ..odd).unwrap().to_string();
    let after = Condition::time(TimeKey::PushTime, odd..).unwrap().to_string();
    assert_eq!(before, "push_time=[~2026-01-02T03:04:05.678000]");
    assert_eq!(after, "push_time=[2026-01-02T03:04:05.678001~]");
}

#[test]
fn what_was_never_pulled_was_pulled_before_anything() {
    let (never, now) = (artifact(), time("2026-01-01T00:00:00Z"));
    assert!(Condition::time(TimeKey::PullTime, ..now).unwrap().matches(&never));
    assert!(!Condition::time(TimeKey::PullTime, now..).unwrap().matches(&never));
}

#[test]
fn what_harbor_would_ignore_misread_or_fail_on_is_refused() {
    for text in [
        "kind=IMAGE",
        "Type=IMAGE",
        "size=abc",
        "size={1 2}",
        "size=~1",
        "size=[~]",
        "size=[2~1]",
        "size=[1~2~3]",
        "push_time=yesterday",
        "push_time=[2026~]",
        "type=",
        "type=~",
        "type=[a~b]",
        "type=(a b)",
        "type={}",
        "type={a",
        "type=a,b",
        "tags={a b}",
        "tags=[a~b]",
        "tags=~",
        "tags=~a/b",
        "tags=a b",
        "labels=()",
        "labels=1",
        "labels=(a)",
        "base=1",
        "=a",
        "type",
        "",
    ] {
        assert!(text.parse::<Condition>().is_err(), "{text}");
    }
    let far = DateTime::from_timestamp(300_000_000_000, 0).unwrap();
    assert!(Condition::time(TimeKey::PushTime, far..).is_err());
    assert!(Condition::number(NumberKey::Size, ..).is_err());
}

#[test]
fn what_is_known_to_work_is_read() {
    for (text, shown) in [
        ("type=IMAGE", "type=IMAGE"),
        (r"type=\~x", r"type=\~x"),
        ("type={IMAGE CHART}", "type={'CHART' 'IMAGE'}"),
        ("type={ONE}", "type=ONE"),
        ("size=5", "size=[5~5]"),
        ("size=[ 1 ~ ]", "size=[1~]"),
        ("pull_time=[2026-01-01 00:00:00~]", "pull_time=[2026-01-01T00:00:00.000000~]"),
        ("push_time=[~2026-01-01T01:00:00+01:00]", "push_time=[~2026-01-01T00:00:00.000000]"),
        ("tags=nil", "tags=nil"),
        ("tags=~rc", "tags=~rc"),
        ("tags=v1.0", "tags=v1.0"),
        ("labels=(2 1 2)", "labels=(1 2)"),
        ("base=*", "base=*"),
    ] {
        assert_eq!(text.parse::<Condition>().map(|condition| condition.to_string()).as_deref(), Ok(shown), "{text}");
    }
}

/// A2c: of two conditions on one key none is lost: they are combined, or the second is refused.
#[test]
fn the_same_key_twice_is_combined_or_refused() {
    let of = |texts: &[&str]| {
        let mut conditions = Conditions::default();
        texts.iter().try_for_each(|text| conditions.add(text.parse()?)).map(|()| conditions.to_string())
    };
    assert_eq!(of(&["type=IMAGE", "type=IMAGE"]).as_deref(), Ok("type=IMAGE"));
    assert_eq!(of(&["size=[1~9]", "size=[5~]"]).as_deref(), Ok("size=[5~9]"));
    assert_eq!(of(&["labels=(1)", "labels=(2)"]).as_deref(), Ok("labels=(1 2)"));
    assert!(of(&["size=[1~4]", "size=[5~]"]).unwrap_err().to_string().contains("holds for nothing"));
    for both in [["tags=v1", "tags=*"], ["type=IMAGE", "type=CHART"], ["tags=v1", "tags=~v"]] {
        let error = of(&both).unwrap_err().to_string();
        assert!(both.iter().all(|one| error.contains(one)), "{error}");
    }
}

/// The range by which a list is paged is combined with a condition on the same key.
#[test]
fn paging_keeps_a_condition_on_the_number() {
    let wanted: Conditions = conditions(["id=[50~200]".parse().unwrap(), Condition::tagged()]);
    assert_eq!(wanted.clone().starting_at(1).to_string(), "id=[50~200],tags=*");
    assert_eq!(wanted.clone().starting_at(101).to_string(), "id=[101~200],tags=*");
    assert_eq!(wanted.starting_at(201).to_string(), "id=[201~200],tags=*");
    assert_eq!(Conditions::default().starting_at(7).encode(), "id=%5B7%7E%5D");
}

#[test]
fn what_is_too_long_to_be_sent_is_refused() {
    let mut conditions = Conditions::default();
    let digests = |count: usize| (0..count).map(|number| format!("sha256:{number:064}"));
    conditions.add(Condition::any_of(TextKey::Digest, digests(10)).unwrap()).unwrap();
    let before = conditions.clone();
    assert!(conditions.add(Condition::is(TextKey::MediaType, "x".repeat(900)).unwrap()).is_err());
    assert!(Conditions::default().add(Condition::is(TextKey::MediaType, "ü".repeat(700)).unwrap()).is_err());
    assert_eq!(conditions, before);
}
