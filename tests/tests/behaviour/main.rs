//! How a Harbor behaves: one set of tests, asked of the simulated Harbor always, and of a live one where the
//! environment names it.
//!
//! | variable | meaning |
//! | --- | --- |
//! | `HARBOR_TEST_URL` | the address of a live Harbor, with or without `/api/v2.0` |
//! | `HARBOR_TEST_USERNAME`, `HARBOR_TEST_SECRET` | an account there; an administrator's sees the most |
//! | `HARBOR_TEST_WRITE` | `1` allows tests to create projects of their own, and to remove them |
//!
//! A behaviour assumes nothing about what the registry holds: it looks for what it needs through the API, and says so
//! where there is nothing of the kind. The simulated registry has everything, so nothing may be skipped there.

mod behaviours;
mod client;
mod report;
mod run;
mod shape;
mod survey;
mod target;

use behaviours::{
    access, accounts, additions, artifacts, errors, export, hub, indexes, labels, links, names, order, overviews,
    paging, presence, projects, query, reports, resources, routes, sboms, scans, sessions, special, wire, writes,
};

/// Lists the behaviours by theme, and makes three tests of each: `simulated::THEME::NAME`, `proxied::THEME::NAME` for a
/// simulated Harbor behind its nginx, and `live::THEME::NAME`.
macro_rules! behaviours {
    ($($theme:ident { $($name:ident,)* })*) => {
        behaviours!(tests simulated { $($theme { $($name,)* })* });
        behaviours!(tests proxied { $($theme { $($name,)* })* });
        behaviours!(tests live { $($theme { $($name,)* })* });
    };
    (tests $way:ident { $($theme:ident { $($name:ident,)* })* }) => {
        mod $way {
            $(mod $theme {
                $(#[test]
                fn $name() {
                    crate::run::$way(concat!(stringify!($theme), "::", stringify!($name)), crate::$theme::$name);
                })*
            })*
        }
    };
}

behaviours! {
    paging {
        without_a_size_there_are_ten_rows,
        more_than_a_hundred_rows_are_refused,
        size_zero_means_everything,
        a_negative_size_means_everything_and_never_ends,
        page_zero_and_below_are_the_first,
        beyond_the_end_there_is_nothing_but_the_total,
        numbers_are_sixty_four_bits_wide,
        what_is_not_a_number_is_refused_together,
        the_last_of_repeated_parameters_counts,
        pages_add_up_to_the_list,
        keyset_pages_lose_and_repeat_nothing,
        lists_of_one_artifact_have_pages,
        single_artifacts_check_pages_too,
    }
    links {
        name_the_pages_before_and_after,
        are_absent_where_all_is_on_one_page,
        sort_their_parameters,
        are_decoded_once_and_the_next_page_twice,
        keep_braces_and_spaces_unescaped,
        are_absent_where_no_project_is_found,
    }
    query {
        exact_values,
        parts_of_texts,
        ranges,
        sets,
        several_keys_must_all_match,
        of_a_repeated_key_the_last_counts,
        an_empty_query_is_none,
        columns_go_by_their_field_names_too,
        keys_with_suffixes_compare,
        exact_values_are_text,
        the_path_wins_over_its_own_key,
        unknown_keys_are_ignored,
        plus_signs_must_be_encoded_twice,
        a_broken_second_encoding_is_text,
        times_come_in_three_layouts,
        malformed_queries,
        malformed_queries_of_every_list,
        values_of_the_wrong_type,
        semicolons,
        broken_escapes,
        identifiers_of_projects_and_repositories,
        projects_by_name_and_visibility,
    }
    special {
        tagged_and_untagged,
        tags_by_name_and_part,
        tags_take_no_sets_and_ranges,
        labels_select_artifacts,
        labels_take_only_numbers_in_parentheses,
        children_of_indexes_are_hidden,
        base_takes_a_star_only,
    }
    order {
        newest_artifacts_come_first,
        newest_repositories_come_first,
        projects_come_by_name,
        newest_tags_come_first,
        sort_keys,
        columns_sort_every_list,
        unknown_sort_keys_are_ignored,
    }
    names {
        slashes_are_encoded_twice,
        too_many_encodings_find_nothing,
        raw_slashes_are_no_route,
        proxies_decide_about_single_encodings,
        dots_are_resolved_before_routing,
        encoded_dots_are_a_name,
        repeated_and_trailing_slashes_are_accepted,
        colons_of_digests_may_be_encoded,
        what_does_not_exist_has_an_empty_list,
        what_does_not_exist_has_an_empty_list_for_everyone,
    }
    presence {
        of_projects,
        of_projects_without_detail,
        of_repositories,
        of_artifacts,
        of_tags,
        of_references,
        of_labels,
        empty_lists_are_null,
        flags_ask_for_lists,
        attributes_are_of_any_type,
        times_have_milliseconds,
        what_was_never_pulled_has_a_zero_date,
    }
    wire {
        content_types,
        short_bodies_have_a_length_and_long_ones_chunks,
        bodies_end_with_a_newline,
        request_ids_are_echoed,
        request_ids_are_made,
        errors_have_request_ids,
        conditional_requests_are_impossible,
        bodies_are_not_compressed,
        ping,
        version_of_the_api,
        health,
    }
    sessions {
        every_answer_gives_a_session,
        a_session_is_given_once,
        a_session_is_not_a_login,
        a_session_needs_a_token_to_write,
        a_token_lets_a_session_write,
    }
    access {
        anonymous_callers_see_public_projects,
        private_projects_refuse_anonymous_callers,
        missing_projects_refuse_anonymous_callers,
        public_projects_are_open_to_anonymous_callers,
        single_repositories_and_project_lists_need_a_login,
        administrators_learn_what_is_missing,
        users_do_not_learn_what_is_missing,
        robots_do_not_learn_what_is_missing,
        robots_need_each_right,
        users_see_public_projects_and_their_own,
        system_resources_need_an_administrator,
    }
    accounts {
        wrong_credentials_are_anonymous,
        only_a_login_shows_the_version,
        users_learn_who_they_are,
        robots_are_no_users,
        robots_have_no_role,
    }
    errors {
        have_one_shape,
        unknown_routes,
        unknown_routes_beside_the_api,
        wrong_methods,
        methods_without_a_body,
        unacceptable_answers,
    }
    routes {
        of_the_description_exist,
        have_their_methods,
    }
    artifacts {
        by_tag_and_digest,
        missing_ones,
        malformed_references,
        references_with_a_slash,
        addition_links_lead_to_the_addition,
        sbom_links_have_no_digest,
        tags_of_one,
        accessories_of_one,
        latest_need_a_type,
        latest_are_one_in_each_repository,
        latest_of_an_unknown_type,
    }
    indexes {
        reports_are_the_union_of_their_children,
        reports_need_every_child,
        overviews_need_every_child,
        overviews_count_merged_findings,
    }
    overviews {
        are_given_on_request_only,
        of_finished_scans,
        count_what_the_report_holds,
        of_clean_images,
        of_failed_scans,
        of_running_scans,
        of_waiting_scans,
        of_images_without_a_scan,
    }
    reports {
        have_one_media_type,
        findings_have_every_member,
        of_clean_images,
        hold_no_finding_twice,
        are_the_same_by_tag_and_digest,
        without_a_scan_are_empty,
        of_running_and_failed_scans_are_empty,
        media_types_are_compared_byte_for_byte,
        media_types_are_preferences,
        of_what_cannot_be_scanned,
        are_escaped_and_have_no_newline,
        are_the_same_each_time,
        are_json_only,
        of_public_projects_are_open,
    }
    sboms {
        are_named_by_the_overview,
        are_read_at_their_own_digest,
    }
    additions {
        unknown_ones,
        of_the_wrong_type,
        build_history,
        of_charts,
    }
    projects {
        by_number,
        numbers_that_are_names,
        head_tells_whether_one_exists,
        scanners_of_one,
        deletable_ones,
        summaries,
    }
    resources {
        search_finds_names,
        search_finds_nothing,
        statistics_of_an_administrator,
        statistics_need_a_login,
        quotas_have_hard_limits,
        quotas_that_do_not_exist,
        scanners_are_listed,
        users_are_listed,
        the_allowlist_of_the_system,
        scan_all_without_a_schedule,
    }
    labels {
        need_a_scope,
        of_the_system,
        that_do_not_exist,
    }
    hub {
        summary,
        rows_of_one_digest,
        counts_can_be_tuned,
        size_zero_is_fifteen_rows,
        negative_pages_fail,
        exact_keys_only,
        unknown_keys_are_refused,
        needs_a_login,
    }
    export {
        needs_its_header,
        takes_one_project,
        refuses_robots,
        that_does_not_exist,
    }
    scans {
        of_a_chart_are_refused,
        stop_without_a_job,
        need_a_login,
    }
    writes {
        a_project_is_created_and_deleted,
        a_project_exists_once,
        names_are_checked,
        bodies_are_checked,
        a_project_with_repositories_stays,
        labels_are_created_and_deleted,
    }
}
