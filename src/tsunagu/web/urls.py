"""Where the pages are. What opens without a sign-in is listed in a test, and nowhere else."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path, register_converter
from django.views.i18n import set_language

from tsunagu.web.converters import ReferenceConverter
from tsunagu.web.middleware.references import failure, unforeseen
from tsunagu.web.pages import (
    accounts,
    alert_raising,
    alerts,
    api_keys,
    ask,
    banks,
    case_graphs,
    case_life,
    case_persons,
    cases,
    clues,
    comparisons,
    demo,
    enquiries,
    enquiry_requests,
    erasures,
    gate,
    guests,
    home,
    intakes,
    law,
    lists,
    metrics,
    overlaps,
    packages,
    permissions,
    proposals,
    referrals,
    reports,
    reveals,
    seized_bringing,
    seized_lists,
    seized_review,
    series,
    statistics,
    submissions,
    timeline,
    titles,
)

register_converter(ReferenceConverter, "reference")


@login_not_required
def healthz(_: HttpRequest) -> HttpResponse:
    """Say that the process answers; nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns = [
    path("", home.home, name="home"),
    path("account/", include("tsunagu.web.sign_in.urls")),
    path("cases/", cases.cases, name="cases"),
    path("law/", law.law, name="law"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/own/", statistics.own_statistics, name="own_statistics"),
    path("statistics/own/<int:year>/<str:known_on>/", statistics.vintage, name="vintage"),
    path("cases/<reference:reference>/", cases.case, name="case"),
    path("cases/<reference:reference>/items/", cases.items, name="items"),
    path("cases/<reference:reference>/clues/", clues.clues, name="clues"),
    path("cases/<reference:reference>/clues/sign/", clues.sign, name="clue_sign"),
    path("cases/<reference:reference>/clues/<int:number>/withdraw/", clues.withdraw, name="clue_withdraw"),
    path("cases/<reference:reference>/alert/", alert_raising.draft, name="alert_draft"),
    path("cases/<reference:reference>/alert/raise/", alert_raising.raise_, name="alert_raise"),
    path("cases/<reference:reference>/people/", case_life.staff, name="staff"),
    path("cases/<reference:reference>/people/leave/", case_life.unstaff, name="unstaff"),
    path("cases/<reference:reference>/close/", case_life.close, name="case_close"),
    path("cases/<reference:reference>/reopen/", case_life.reopen, name="case_reopen"),
    path("cases/<reference:reference>/keep/", case_life.keep, name="case_keep"),
    path("cases/<reference:reference>/delete/", case_life.delete, name="case_delete"),
    path("cases/<reference:reference>/comparisons/", comparisons.of_case, name="case_comparisons"),
    path("cases/<reference:reference>/graph/", case_graphs.graph, name="case_graph"),
    path("cases/<reference:reference>/export/", packages.export, name="case_export"),
    path("cases/<reference:reference>/withdraw/", case_life.withdraw, name="withdraw"),
    path("cases/<reference:reference>/items/<int:number>/reveal/", reveals.ask, name="reveal"),
    path("reveals/<uuid:reveal_id>/", reveals.picture, name="revealed"),
    path("cases/<reference:reference>/persons/", case_persons.persons, name="persons"),
    path("cases/<reference:reference>/persons/recalls/", case_persons.recalls, name="persons_recalls"),
    path("cases/<reference:reference>/persons/<str:called>/", case_persons.person, name="one_person"),
    path(
        "cases/<reference:reference>/persons/<str:called>/identity/", case_persons.identity, name="one_person_identity"
    ),
    path(
        "cases/<reference:reference>/persons/<str:called>/withdraw/", case_persons.withdraw, name="one_person_withdraw"
    ),
    path("cases/<reference:reference>/enquiries/", enquiries.book, name="case_enquiries"),
    path("cases/<reference:reference>/enquiries/<int:number>/", enquiries.answer, name="enquiry_answer"),
    path("enquiries/", enquiries.overdue, name="enquiries_overdue"),
    path("enquiries/requests/", enquiry_requests.requests, name="enquiry_requests"),
    path("enquiries/requests/<uuid:request_id>/", enquiry_requests.one_request, name="enquiry_request"),
    path("enquiries/requests/<uuid:request_id>/answer/", enquiry_requests.answer, name="enquiry_request_answer"),
    path("enquiries/requests/<uuid:request_id>/letter/", enquiry_requests.letter, name="enquiry_request_letter"),
    path("cases/<reference:reference>/reports/", reports.of_case, name="case_reports"),
    path("cases/<reference:reference>/lists/", seized_lists.lists, name="case_lists"),
    path("cases/<reference:reference>/lists/new/", seized_bringing.new, name="case_list_new"),
    path("cases/<reference:reference>/lists/new/mapping/", seized_bringing.mapping, name="case_list_mapping"),
    path("cases/<reference:reference>/lists/new/look/", seized_bringing.preview, name="case_list_preview"),
    path("cases/<reference:reference>/lists/new/keep/", seized_bringing.bring_in, name="case_list_import"),
    path("cases/<reference:reference>/lists/<int:number>/compare/", seized_bringing.compare, name="case_list_compare"),
    path("cases/<reference:reference>/lists/<int:number>/state/", seized_bringing.state, name="case_list_state"),
    path("cases/<reference:reference>/lists/<int:number>/", seized_lists.one_list, name="case_list"),
    path("cases/<reference:reference>/lists/<int:number>/titles/", titles.register, name="case_list_titles"),
    path("cases/<reference:reference>/lists/<int:number>/titles/<int:title>/", titles.title, name="case_list_title"),
    path("cases/<reference:reference>/lists/<int:number>/persons/", gate.persons, name="case_list_persons"),
    path("cases/<reference:reference>/lists/<int:number>/persons/<int:person>/", gate.person, name="case_list_person"),
    *(
        path(
            f"cases/<reference:reference>/lists/<int:number>/persons/<int:person>/{act}/",
            view,
            name=f"case_person_{act}",
        )
        for act, view in {
            "record": gate.record,
            "ask": enquiry_requests.ask,
            "decide": gate.decide,
            "package": referrals.preview,
            "send": referrals.send,
        }.items()
    ),
    path("cases/<reference:reference>/lists/<int:number>/packages/", referrals.packages, name="case_list_packages"),
    path("referrals/", referrals.referrals, name="referrals"),
    path("referrals/<uuid:referral_id>/", referrals.referral, name="referral"),
    path("referrals/<uuid:referral_id>/answer/", referrals.answer, name="referral_answer"),
    path("referrals/<uuid:referral_id>/form/", referrals.form, name="referral_form"),
    path("cases/<reference:reference>/lists/<int:number>/refused/", seized_lists.refused, name="case_list_refused"),
    path("cases/<reference:reference>/lists/<int:number>/review/", seized_review.review, name="case_list_review"),
    path(
        "cases/<reference:reference>/lists/<int:number>/prefectures/",
        seized_review.residences,
        name="case_list_prefectures",
    ),
    path("cases/<reference:reference>/intake/", intakes.intake, name="intake"),
    path("cases/<reference:reference>/intake/folder/", intakes.from_folder, name="intake_folder"),
    path("intakes/<uuid:intake_id>/", intakes.run, name="intake_run"),
    path("intakes/<uuid:intake_id>/refused/", intakes.refused, name="intake_refused"),
    path("intakes/<uuid:intake_id>/stop/", intakes.stop, name="intake_stop"),
    path("intakes/<uuid:intake_id>/again/", intakes.again, name="intake_again"),
    path("intakes/<uuid:intake_id>/files/", intakes.offer, name="intake_files"),
    path("intakes/<uuid:intake_id>/files/finish/", intakes.finish, name="intake_finish"),
    path("intakes/<uuid:intake_id>/files/<int:number>/<int:offset>/", intakes.chunk, name="intake_chunk"),
    path("overlaps/", overlaps.overlaps, name="overlaps"),
    path("overlaps/<uuid:overlap_id>/", overlaps.overlap, name="overlap"),
    path("overlaps/<uuid:overlap_id>/acknowledge/", overlaps.acknowledge, name="acknowledge"),
    path("overlaps/<uuid:overlap_id>/share/", overlaps.share, name="share"),
    path("overlaps/<uuid:overlap_id>/release/", overlaps.release, name="release"),
    path("overlaps/<uuid:overlap_id>/hits/<int:hit_id>/", overlaps.hit, name="overlap_hit"),
    path("overlaps/<uuid:overlap_id>/hits/<int:hit_id>/judge/", overlaps.judge, name="judge"),
    path("notices/", overlaps.notices, name="notices"),
    path("series/", series.board, name="series_board"),
    path("visits/", guests.visit_list, name="visits"),
    path("visits/<uuid:guest_id>/", guests.visit, name="visit"),
    path("submissions/", submissions.submission_list, name="submissions"),
    path("submissions/<uuid:submission_id>/", submissions.submission, name="submission"),
    path("comparisons/", comparisons.comparisons, name="comparisons"),
    path("comparisons/<uuid:comparison_id>/acknowledge/", comparisons.acknowledge, name="comparison_acknowledge"),
    path("comparisons/<uuid:comparison_id>/withdraw/", comparisons.withdraw, name="comparison_withdraw"),
    path("counter/", series.counter, name="series_counter"),
    path("series/<reference:series>/", series.series, name="series"),
    path("series/<reference:series>/change/", series.change, name="series_change"),
    path("series/<reference:series>/comparisons/", comparisons.of_series, name="series_comparisons"),
    path("series/<reference:series>/guests/", guests.series_guests, name="series_guests"),
    path("series/<reference:series>/submissions/", submissions.series_submissions, name="series_submissions"),
    path("series/<reference:series>/publish/", series.publish, name="series_publish"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/overdue/", alerts.overdue, name="alerts_overdue"),
    path("alerts/<uuid:alert_id>/", alerts.alert, name="alert"),
    path("alerts/<uuid:alert_id>/answer/", alerts.answer, name="alert_answer"),
    path("reports/", reports.reports, name="reports"),
    path("reports/new/", reports.new, name="report_new"),
    path("reports/passed-on/", reports.passed_on, name="reports_passed_on"),
    path("reports/<uuid:report_id>/", reports.report, name="report"),
    path("reports/<uuid:report_id>/act/", reports.act, name="report_act"),
    path("reports/<uuid:report_id>/letter/", reports.letter, name="report_letter"),
    path("ask/", ask.ask, name="ask"),
    path("ask/file/", ask.ask_file, name="ask_file"),
    path("banks/", banks.banks, name="banks"),
    path("banks/<reference:bank>/", banks.page, name="bank"),
    path("banks/<reference:bank>/rules/", banks.rules, name="bank_rules"),
    path("banks/<reference:bank>/find/", banks.find, name="bank_find"),
    path("banks/<reference:bank>/items/<uuid:item_id>/", banks.item, name="bank_item"),
    path("banks/<reference:bank>/items/<uuid:item_id>/judge/", banks.judge, name="bank_judge"),
    path("banks/<reference:bank>/items/<uuid:item_id>/withdraw/", banks.withdraw, name="bank_withdraw"),
    path("banks/<reference:bank>/lists/", lists.lists, name="bank_lists"),
    path("lists/<uuid:list_id>/files/", lists.offer, name="list_files"),
    path("lists/<uuid:list_id>/files/finish/", lists.finish, name="list_finish"),
    path("lists/<uuid:list_id>/files/<int:number>/<int:offset>/", lists.chunk, name="list_chunk"),
    path("lists/<uuid:list_id>/stop/", lists.stop, name="list_stop"),
    path("officers/", accounts.officers, name="officers"),
    path("officers/<uuid:officer_id>/leave/", accounts.leave, name="leave"),
    path("permissions/", permissions.permissions, name="permissions"),
    path("permissions/<uuid:proposal_id>/confirm/", permissions.confirm, name="permission_confirm"),
    path("permissions/<uuid:grant_id>/withdraw/", permissions.withdraw, name="permission_withdraw"),
    path("officers/<reference:login>/certify/", accounts.certify, name="certify"),
    path("officers/<reference:login>/reset/", accounts.reset, name="reset"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/<uuid:proposal_id>/confirm/", proposals.confirm, name="confirm"),
    path("proposals/<uuid:proposal_id>/refuse/", proposals.refuse, name="refuse"),
    path("invitation/<str:token>/", accounts.invitation, name="invitation"),
    path("my-ledger/", timeline.my_ledger, name="my_ledger"),
    path("keys/", api_keys.keys, name="keys"),
    path("keys/<uuid:key_id>/end/", api_keys.end, name="key_end"),
    path("ledger/", accounts.ledger, name="ledger"),
    path("ledger/erasures/", erasures.erasures, name="erasures"),
    path("retention/", erasures.retention, name="retention"),
    path("demonstration/<str:token>/", demo.enter, name="demonstration"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("metrics", metrics.metrics, name="metrics"),
    path("healthz", healthz, name="healthz"),
]


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's own signature
    """Answer what is no proper request."""
    return failure(request, 400)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer what is not there as what is not yours."""
    return failure(request, 404)


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer what is forbidden."""
    return failure(request, 403)


def handler500(request: HttpRequest) -> HttpResponse:
    """Answer what nobody foresaw, with nothing of it but the reference number."""
    return unforeseen(request)
