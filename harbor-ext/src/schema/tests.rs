use super::*;

#[test]
fn descriptions_are_plain_sentences() {
    assert_eq!(plain("One [link](Self::a),\nand [`Two`] of\n[`Three`](crate::three).\n\nEnd [x]."), {
        "One link, and `Two` of `Three`.\n\nEnd [x]."
    });
    for (name, schema) in all() {
        let text = schema.as_value().to_string();
        assert!(!text.contains("](") && !text.contains("[`"), "{name}: {text}");
    }
}
