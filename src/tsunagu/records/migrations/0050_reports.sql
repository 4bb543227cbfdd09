-- A report is the business of the agency that has it. Who has passed it on still sees its envelope, so that the same
-- report is known again when it is sent again; of what it says, by what it is compared and what is done to it, nothing.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['report', 'report_content', 'report_key', 'report_step'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END
$$;

CREATE POLICY its_holder ON report FOR SELECT TO :app: USING (
    holder_id = current_setting('tsunagu.agency')::uuid OR current_setting('tsunagu.agency')::uuid = ANY (had));
CREATE POLICY received ON report FOR INSERT TO :app: WITH CHECK (
    received_by_id = current_setting('tsunagu.agency')::uuid AND holder_id = received_by_id AND had = '{}'
    AND case_id IS NULL AND joined_to IS NULL);
-- Who has it changes how it stands, and passes it on; then he is one of those who had it. A foreign key is checked past
-- these policies: see 0002_guards.sql.
CREATE POLICY its_holder_changes ON report FOR UPDATE TO :app: USING (
    holder_id = current_setting('tsunagu.agency')::uuid) WITH CHECK (
    (holder_id = current_setting('tsunagu.agency')::uuid OR current_setting('tsunagu.agency')::uuid = ANY (had))
    AND (case_id IS NULL OR EXISTS (SELECT FROM "case" WHERE "case".id = report.case_id)));
-- It goes with the case that it was merged into, or once its own last day is over.
CREATE POLICY being_erased ON report FOR DELETE TO :app: USING (
    holder_id = current_setting('tsunagu.agency')::uuid AND (
        (case_id IS NULL AND keep_until < (now() AT TIME ZONE 'UTC')::date)
        OR EXISTS (SELECT FROM erasure WHERE erasure.case_id = report.case_id AND erasure.exhibit_id IS NULL
                   AND erasure.ended_at IS NULL)));

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['report_content', 'report_key', 'report_step'] LOOP
        EXECUTE format('CREATE POLICY of_its_report ON %I FOR SELECT TO :app: USING (EXISTS (SELECT FROM report '
                       'WHERE report.id = report_id AND holder_id = current_setting(''tsunagu.agency'')::uuid))', name);
        EXECUTE format('CREATE POLICY of_its_report_added ON %I FOR INSERT TO :app: WITH CHECK (EXISTS (SELECT FROM '
                       'report WHERE report.id = report_id AND holder_id = current_setting(''tsunagu.agency'')::uuid))',
                       name);
        EXECUTE format('CREATE POLICY being_erased ON %I FOR DELETE TO :app: USING (EXISTS (SELECT FROM report '
                       'WHERE report.id = report_id AND holder_id = current_setting(''tsunagu.agency'')::uuid AND ('
                       '(report.case_id IS NULL AND keep_until < (now() AT TIME ZONE ''UTC'')::date) '
                       'OR EXISTS (SELECT FROM erasure WHERE erasure.case_id = report.case_id '
                       'AND erasure.exhibit_id IS NULL AND erasure.ended_at IS NULL))))', name);
    END LOOP;
END
$$;

GRANT SELECT, INSERT, DELETE ON report, report_content, report_key, report_step TO :app:;
GRANT UPDATE (holder_id, had, imminent, state, case_id, joined_to) ON report TO :app:;
GRANT USAGE ON SEQUENCE report_key_id_seq, report_step_id_seq TO :app:;
