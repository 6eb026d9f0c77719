//! Additions beside the vulnerability report.

use crate::survey::Place;
use crate::target::{Outcome, Skipped, Target};

fn image(harbor: &Target) -> Result<&Place, Skipped> {
    let version_2 = "application/vnd.docker.distribution.manifest.v2+json";
    harbor.place("image of manifest version 2", |place| {
        place.is_image() && place.artifact["manifest_media_type"] == version_2
    })
}

fn addition(place: &Place, name: &str) -> String {
    format!("{}/additions/{name}", place.path())
}

pub(crate) fn unknown_ones(harbor: &Target) -> Outcome {
    let message = "validation failure list:\naddition in path should be one of \
                   [build_history values.yaml readme.md dependencies sbom license files]";
    harbor.get(&addition(image(harbor)?, "nope")).assert_error(422, "UNPROCESSABLE_ENTITY", message);
    Ok(())
}

pub(crate) fn of_the_wrong_type(harbor: &Target) -> Outcome {
    let place = image(harbor)?;
    harbor.read(&place.path())?;
    for name in ["values.yaml", "readme.md", "dependencies", "sbom", "license", "files"] {
        let message = format!("addition {} isn't supported for IMAGE(manifest version 2)", name.to_uppercase());
        harbor.get(&addition(place, name)).assert_error(400, "BAD_REQUEST", &message);
    }
    Ok(())
}

pub(crate) fn build_history(harbor: &Target) -> Outcome {
    let answer = harbor.read(&addition(image(harbor)?, "build_history"))?;
    assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    let history = answer.json();
    assert!(history.is_null() || history.as_array().is_some_and(|steps| steps.iter().all(|step| step.is_object())));
    assert!(!answer.text.ends_with('\n'), "{}", answer.about());
    Ok(())
}

pub(crate) fn of_charts(harbor: &Target) -> Outcome {
    let place = harbor.place("chart", |place| place.artifact["type"] == "CHART")?;
    let links = &place.artifact["addition_links"];
    for (name, kind) in [
        ("values.yaml", "text/plain; charset=utf-8"),
        ("readme.md", "text/markdown; charset=utf-8"),
        ("dependencies", "application/json; charset=utf-8"),
    ] {
        assert_eq!(links[name]["href"], format!("/api/v2.0{}", addition(place, name)));
        let answer = harbor.get(&addition(place, name));
        if harbor.is_live() && answer.status == 404 {
            // A chart need not have all of them.
            continue;
        }
        answer.assert_status(200);
        assert_eq!(answer.header("content-type"), Some(kind), "{name}");
    }
    harbor.get(&addition(place, "build_history")).assert_status(400);
    Ok(())
}
