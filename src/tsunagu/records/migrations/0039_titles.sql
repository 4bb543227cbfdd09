-- Titles of a seized list, and what hangs on them, are its agency's own, and go with the list.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['title', 'title_assessment'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_agency ON %I TO :app: USING '
                       '(agency_id = current_setting(''tsunagu.agency'')::uuid)', name);
        -- A foreign key is checked past these policies: see 0002_guards.sql.
        EXECUTE format('CREATE POLICY seen_list ON %I AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK ('
                       'EXISTS (SELECT FROM seized_list WHERE seized_list.id = %1$I.list_id))', name);
        EXECUTE format('CREATE POLICY being_erased ON %I AS RESTRICTIVE FOR DELETE TO :app: USING (EXISTS ('
                       'SELECT FROM erasure JOIN exhibit ON exhibit.case_id = erasure.case_id '
                       'JOIN seized_list ON seized_list.exhibit_id = exhibit.id '
                       'WHERE erasure.ended_at IS NULL AND seized_list.id = %1$I.list_id '
                       'AND (erasure.exhibit_id IS NULL OR erasure.exhibit_id = exhibit.id)))', name);
    END LOOP;
END
$$;
CREATE POLICY own_officer ON title AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    entered_by_id IN (SELECT id FROM officer));
CREATE POLICY of_its_list ON title_assessment AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    officer_id IN (SELECT id FROM officer)
    AND EXISTS (SELECT FROM title WHERE title.id = title_assessment.title_id
                AND title.list_id = title_assessment.list_id));

-- What was said stays: another assessment is added.
GRANT SELECT, INSERT, DELETE ON title, title_assessment TO :app:;
GRANT USAGE ON SEQUENCE title_assessment_id_seq TO :app:;
