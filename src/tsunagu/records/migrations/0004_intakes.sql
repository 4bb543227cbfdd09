-- An intake, the names of its files and its places are its own agency's.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['intake', 'intake_file', 'intake_change'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_agency ON %I TO :app: USING '
                       '(agency_id = current_setting(''tsunagu.agency'')::uuid)', name);
    END LOOP;
END
$$;

-- A foreign key is checked past these policies: see 0002_guards.sql.
CREATE POLICY seen_exhibit ON intake AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM exhibit WHERE exhibit.id = intake.exhibit_id));
CREATE POLICY seen_intake ON intake_file AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM intake WHERE intake.id = intake_file.intake_id));
CREATE POLICY seen_intake ON intake_change AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM intake WHERE intake.id = intake_change.intake_id));
CREATE POLICY seen_intake ON holding AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    intake_id IS NULL OR EXISTS (SELECT FROM intake WHERE intake.id = holding.intake_id));
CREATE POLICY known_intake ON holding AS RESTRICTIVE FOR UPDATE TO :app: USING (true) WITH CHECK (
    intake_id IS NULL OR EXISTS (SELECT FROM intake WHERE intake.id = holding.intake_id));

-- What an intake came to stays as it is.
CREATE POLICY not_ended ON intake AS RESTRICTIVE FOR UPDATE TO :app: USING (ended_at IS NULL) WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE (state, files_total, files_done, kept, skipped, refused, touched_at, ended_at,
    running_since, done_before, attempts, failure) ON intake TO :app:;
GRANT SELECT, INSERT, DELETE ON intake_file TO :app:;
GRANT SELECT, INSERT ON intake_change TO :app:;
GRANT UPDATE (intake_id) ON holding TO :app:;

-- Jobs are deferred in the transaction of the change, which is the app role's, and run by it: a job does nothing that
-- a command could not do. Its arguments are opaque ids. No other role reads or writes the queue.
GRANT SELECT, INSERT, UPDATE, DELETE ON procrastinate_jobs, procrastinate_periodic_defers, procrastinate_workers
    TO :app:;
GRANT SELECT, INSERT ON procrastinate_events TO :app:;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO :app:;
