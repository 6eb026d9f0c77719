//! The settings of the server, which are those of a new one.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::http::{Call, Outcome};
use crate::wire::json;

/// The value of a setting.
#[derive(Clone, Copy, Serialize)]
#[serde(untagged)]
enum Setting {
    Flag(bool),
    Number(i64),
    Text(&'static str),
}

/// The settings that an administrator could change.
const SETTINGS: [(&str, Setting); 54] = [
    ("audit_log_forward_endpoint", Setting::Text("")),
    ("banner_message", Setting::Text("")),
    ("disabled_audit_log_event_types", Setting::Text("")),
    ("http_authproxy_admin_groups", Setting::Text("")),
    ("http_authproxy_admin_usernames", Setting::Text("")),
    ("http_authproxy_endpoint", Setting::Text("")),
    ("http_authproxy_server_certificate", Setting::Text("")),
    ("http_authproxy_skip_search", Setting::Flag(false)),
    ("http_authproxy_tokenreview_endpoint", Setting::Text("")),
    ("http_authproxy_verify_cert", Setting::Flag(true)),
    ("ldap_base_dn", Setting::Text("")),
    ("ldap_filter", Setting::Text("")),
    ("ldap_group_admin_dn", Setting::Text("")),
    ("ldap_group_attach_parallel", Setting::Flag(false)),
    ("ldap_group_attribute_name", Setting::Text("")),
    ("ldap_group_base_dn", Setting::Text("")),
    ("ldap_group_membership_attribute", Setting::Text("memberof")),
    ("ldap_group_search_filter", Setting::Text("")),
    ("ldap_group_search_scope", Setting::Number(2)),
    ("ldap_scope", Setting::Number(2)),
    ("ldap_search_dn", Setting::Text("")),
    ("ldap_timeout", Setting::Number(5)),
    ("ldap_uid", Setting::Text("cn")),
    ("ldap_url", Setting::Text("")),
    ("ldap_verify_cert", Setting::Flag(true)),
    ("notification_enable", Setting::Flag(true)),
    ("oidc_admin_group", Setting::Text("")),
    ("oidc_auto_onboard", Setting::Flag(false)),
    ("oidc_client_id", Setting::Text("")),
    ("oidc_endpoint", Setting::Text("")),
    ("oidc_extra_redirect_parms", Setting::Text("{}")),
    ("oidc_group_filter", Setting::Text("")),
    ("oidc_groups_claim", Setting::Text("")),
    ("oidc_logout", Setting::Flag(false)),
    ("oidc_name", Setting::Text("")),
    ("oidc_scope", Setting::Text("")),
    ("oidc_user_claim", Setting::Text("")),
    ("oidc_verify_cert", Setting::Flag(true)),
    ("primary_auth_mode", Setting::Flag(false)),
    ("project_creation_restriction", Setting::Text("everyone")),
    ("quota_per_project_enable", Setting::Flag(true)),
    ("read_only", Setting::Flag(false)),
    ("robot_name_prefix", Setting::Text("robot$")),
    ("robot_token_duration", Setting::Number(30)),
    ("scanner_skip_update_pulltime", Setting::Flag(false)),
    ("self_registration", Setting::Flag(false)),
    ("session_timeout", Setting::Number(60)),
    ("skip_audit_log_database", Setting::Flag(false)),
    ("storage_per_project", Setting::Number(-1)),
    ("token_expiration", Setting::Number(30)),
    ("uaa_client_id", Setting::Text("")),
    ("uaa_client_secret", Setting::Text("")),
    ("uaa_endpoint", Setting::Text("")),
    ("uaa_verify_cert", Setting::Flag(false)),
];

/// Answers all settings.
pub(crate) fn get(call: &Call<'_>) -> Outcome {
    call.permit_system("configuration:read")?;
    let setting = |value: Setting, editable: bool| json!({"editable": editable, "value": value});
    let mut settings: BTreeMap<_, Value> =
        SETTINGS.iter().map(|(name, value)| (*name, setting(*value, true))).collect();
    settings.insert("auth_mode", setting(Setting::Text("db_auth"), false));
    settings.insert("scan_all_policy", json!({}));
    json::answer(&settings)
}
