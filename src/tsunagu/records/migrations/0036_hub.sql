-- What is exchanged with an installation is seen and written in its name alone, which no officer acts for. That there
-- is such an installation is open to all, as the directory of agencies is.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['hub_member', 'hub_key', 'hub_outgoing', 'hub_incoming', 'hub_seen'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['hub_key', 'hub_outgoing', 'hub_incoming', 'hub_seen'] LOOP
        EXECUTE format('CREATE POLICY own_member ON %I TO :app: USING '
                       '(member_id = current_setting(''tsunagu.agency'')::uuid)', name);
    END LOOP;
END
$$;
CREATE POLICY directory ON hub_member FOR SELECT TO :app: USING (true);
CREATE POLICY entered ON hub_member FOR INSERT TO :app: WITH CHECK (id = current_setting('tsunagu.agency')::uuid);
CREATE POLICY changed ON hub_member FOR UPDATE TO :app: USING (id = current_setting('tsunagu.agency')::uuid);

-- A step of an agency goes into the outbox with it, in the same transaction; that agency sees nothing there.
CREATE POLICY spoken ON hub_outgoing FOR INSERT TO :app: WITH CHECK (
    speaker_id = current_setting('tsunagu.agency')::uuid AND number IS NULL
    AND EXISTS (SELECT FROM hub_member WHERE hub_member.id = hub_outgoing.member_id
                AND accepted_at IS NOT NULL AND ended_at IS NULL AND NOT is_own));

-- An alert from another installation is kept in the name of its originator there, and has no case here.
CREATE POLICY told ON alert FOR INSERT TO :app: WITH CHECK (
    originator_id = current_setting('tsunagu.agency')::uuid AND case_id IS NULL
    AND EXISTS (SELECT FROM agency WHERE agency.id = alert.originator_id AND agency.member_id IS NOT NULL));
ALTER TABLE alert ADD CONSTRAINT alert_contributors_here CHECK (case_id IS NOT NULL OR contributors = '[]'::jsonb);

GRANT SELECT, INSERT, UPDATE (address, accepted_at, accepted_by, ended_at, heard_at, their_key) ON hub_member TO :app:;
GRANT SELECT, INSERT ON hub_key TO :app:;
GRANT SELECT, INSERT, UPDATE (number, sent_at, tries, answered_at, refused) ON hub_outgoing TO :app:;
GRANT SELECT, INSERT, UPDATE (done_at, refused, answered_at) ON hub_incoming TO :app:;
GRANT SELECT, INSERT, DELETE ON hub_seen TO :app:;
GRANT USAGE ON SEQUENCE hub_key_id_seq, hub_outgoing_id_seq, hub_incoming_id_seq, hub_seen_id_seq TO :app:;
GRANT UPDATE (member_id) ON agency TO :app:;
