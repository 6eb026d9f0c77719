use super::*;

fn parse(text: &str) -> Fault {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn problem(text: &str) -> String {
    match text.parse::<Fault>() {
        Ok(fault) => panic!("{text} is {fault:?}"),
        Err(error) => error.to_string(),
    }
}

/// The first cells of the rows of the grammar's tables, without the quotes.
fn first_cells() -> Vec<&'static str> {
    Fault::GRAMMAR.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`')).map(|(cell, _)| cell).collect()
}

#[test]
fn every_example_of_the_grammar_is_a_fault() {
    let cells = first_cells();
    let is_key = |cell: &&str| COMMON_KEYS.iter().any(|key| cell.starts_with(&format!("{key}=")));
    let (keys, faults): (Vec<&str>, Vec<&str>) = cells.into_iter().partition(is_key);
    assert_eq!(keys.len(), COMMON_KEYS.len());
    for fault in &faults {
        parse(fault);
        for key in &keys[..keys.len() - 1] {
            if !fault.contains(key.split_once('=').unwrap().0) {
                parse(&format!("{fault},{key}"));
            }
        }
    }
    // The seed needs something to draw.
    parse("reset,share=0.01,seed=3");
    let mut sentence = Fault::GRAMMAR.rsplit("For example ").next().unwrap().split('`');
    parse(sentence.nth(1).unwrap());
    parse(sentence.nth(1).unwrap());
}

#[test]
fn the_grammar_has_every_kind_and_every_key() {
    let cells = first_cells();
    for kind in &KINDS {
        let of_kind = |cell: &&str| cell.split([',', '=']).next() == Some(kind.name);
        assert!(cells.iter().any(of_kind), "{}", kind.name);
        parse(kind.example);
        for key in kind.keys {
            assert!(
                Fault::GRAMMAR.contains(&format!(",{key}=")) || Fault::GRAMMAR.contains(&format!("`{key}")),
                "{key}"
            );
        }
    }
    for name in cells.iter().map(|cell| cell.split([',', '=']).next().unwrap()) {
        assert!(COMMON_KEYS.contains(&name) || KINDS.iter().any(|kind| kind.name == name), "{name}");
    }
}

#[test]
fn texts_are_what_the_builders_make() {
    let milliseconds = Duration::from_millis;
    for (text, fault) in [
        ("status=503,on=reports,times=2,retry-after=1", Fault::status(503).on("reports").times(2).retry_after(1)),
        ("status=429,body=html,retry-after-in=2s", {
            Fault::status(429).html_body().retry_after_date_in(milliseconds(2000))
        }),
        ("status=503,body=json", Fault::status(503).json_body()),
        ("latency=50ms", Fault::latency(milliseconds(50))),
        ("latency=20ms..200ms,seed=7", Fault::latency_between(milliseconds(20), milliseconds(200)).seed(7)),
        ("latency=2s/1s/0s", Fault::latencies([2000, 1000, 0].map(milliseconds))),
        ("exponential-latency=50ms", Fault::exponential_latency(milliseconds(50), milliseconds(500))),
        ("exponential-latency=50ms,longest=70ms", Fault::exponential_latency(milliseconds(50), milliseconds(70))),
        ("load-latency=10ms,knee=8,step=20ms", Fault::load_latency(milliseconds(10), 8, milliseconds(20))),
        ("overview-latency=40us", Fault::overview_latency(Duration::from_micros(40))),
        ("cap=8", Fault::cap(8)),
        ("cap=8,then=queue", Fault::cap(8)),
        ("cap=8,then=503,retry-after=1", Fault::cap_refusing(8, 503).retry_after(1)),
        ("login-freeze=1.5s", Fault::login_freeze(milliseconds(1500))),
        ("login-cost=98ms,robots=1ms", Fault::login_cost(milliseconds(98), milliseconds(1))),
        ("login-cost=98ms", Fault::login_cost(milliseconds(98), Duration::ZERO)),
        ("restart=2s,grace=3s", Fault::graceful_restart(milliseconds(3000), milliseconds(2000))),
        ("gateway-timeout=60s", Fault::gateway_timeout(milliseconds(60_000))),
        ("restart=2s,after=500", Fault::restart(milliseconds(2000)).after(500)),
        ("drip=512B,every=10ms", Fault::drip(512, milliseconds(10))),
        ("truncated,share=0.01,seed=3", Fault::truncated().share(0.01, 3)),
        ("reset,seed=3,share=1", Fault::reset().share(1.0, 3)),
        ("redis-down", Fault::latencies([10_500, 4500, 2400, 500].map(milliseconds))),
        ("anonymous", Fault::anonymous()),
        ("scanner-down", Fault::scanner_down()),
        ("postgresql-down", Fault::postgresql_down()),
        ("reset-reused", Fault::reset_reused()),
        ("null", Fault::null()),
        ("html", Fault::html()),
        ("broken-json", Fault::broken_json()),
        ("wrong-shape", Fault::wrong_shape()),
        ("odd-finding", Fault::odd_finding()),
        ("empty", Fault::empty()),
        ("empty=200", Fault::empty()),
        ("empty=500", Fault::empty_error()),
        ("null-tags,project=library,repository=team/app", {
            Fault::null_tags().in_project("library").in_repository("team/app")
        }),
    ] {
        assert_eq!(parse(text), fault, "{text}");
    }
}

#[test]
fn nonsense_gets_a_sentence_that_names_what_is_right() {
    for (text, parts) in [
        ("", ["there is no fault ``", "`latency`"]),
        ("outage", ["there is no fault `outage`", "`restart`"]),
        ("reset,foo=1", ["there is no key `foo`", "the keys of `reset` are `on`"]),
        ("reset,knee=1", ["the key `knee` does not fit `reset`", "`share`"]),
        ("latency=5ms,retry-after=1", ["the key `retry-after` does not fit `latency`", "`times`"]),
        ("reset,times", ["`times` in `reset,times` is not KEY=VALUE", "`times`"]),
        ("reset,", ["`` in `reset,` is not KEY=VALUE", "`on`"]),
        ("reset,on=", ["the key `on`", "no value"]),
        ("reset,times=1,times=2", ["the key `times`", "twice"]),
        ("reset=1", ["`reset=1` makes no sense", "without a value"]),
        ("status", ["`status` needs a value", "`status=503`"]),
        ("status=", ["`status` needs a value", "from 400 to 599"]),
        ("status=200", ["`status=200` makes no sense", "from 400 to 599"]),
        ("status=600", ["`status=600` makes no sense", "`status=503`"]),
        ("status=busy", ["`status=busy` makes no sense", "from 400 to 599"]),
        ("status=503,body=xml", ["`body=xml` makes no sense", "`body=json`"]),
        ("status=503,retry-after=1.5", ["`retry-after=1.5` makes no sense", "whole seconds"]),
        ("status=503,retry-after=1,retry-after-in=2s", ["`retry-after-in`", "not both"]),
        ("latency", ["`latency` needs a value", "`latency=50ms`"]),
        ("latency=50", ["`latency=50` makes no sense", "`latency=50ms`"]),
        ("latency=2s..1s", ["`latency=2s..1s` makes no sense", "20ms..200ms"]),
        ("latency=1s..2s..3s", ["`latency=1s..2s..3s` makes no sense", "bounds"]),
        ("latency=1s/", ["`latency=1s/` makes no sense", "in turn"]),
        ("load-latency=10ms,step=1ms", ["needs the key `knee`", "knee=8"]),
        ("load-latency=10ms,knee=8", ["needs the key `step`", "step=20ms"]),
        ("load-latency=10ms,knee=0,step=1ms", ["`knee=0` makes no sense", "from 1 on"]),
        ("cap=0", ["`cap=0` makes no sense", "from 1 on"]),
        ("cap=8,then=wait", ["`then=wait` makes no sense", "`then=queue`"]),
        ("cap=8,then=200", ["`then=200` makes no sense", "`then=503`"]),
        ("cap=8,retry-after=1", ["`retry-after` does not fit a `cap` that queues", "`then=503`"]),
        ("drip=512B", ["needs the key `every`", "every=10ms"]),
        ("drip=512,every=1ms", ["`drip=512` makes no sense", "`drip=512B,every=10ms`"]),
        ("empty=404", ["`empty=404` makes no sense", "200, 500 or nothing"]),
        ("reset,share=1.5", ["`share=1.5` makes no sense", "from 0 to 1"]),
        ("reset,share=-0.1", ["`share=-0.1` makes no sense", "from 0 to 1"]),
        ("reset,share=NaN", ["`share=NaN` makes no sense", "from 0 to 1"]),
        ("reset,share=0.5,seed=x", ["`seed=x` makes no sense", "whole number"]),
        ("reset,seed=7", ["`seed` has nothing to draw", "`share=0.25`"]),
        ("reset,times=0", ["`times=0` makes no sense", "from 1 on"]),
        ("reset,after=0", ["`after=0` makes no sense", "from 1 on"]),
        ("restart=1s,grace=3", ["`grace=3` makes no sense", "`grace=50ms`"]),
        ("gateway-timeout", ["`gateway-timeout` needs a value", "`gateway-timeout=60s`"]),
        ("scanner-down=1", ["`scanner-down=1` makes no sense", "without a value"]),
        ("restart=soon", ["`restart=soon` makes no sense", "a duration"]),
    ] {
        let problem = problem(text);
        assert!(parts.iter().all(|part| problem.contains(part)), "{text}: {problem}");
        assert!(!problem.contains('\n') && !problem.contains(". "), "{text}: {problem}");
    }
}
