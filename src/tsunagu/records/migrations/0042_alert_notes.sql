-- A note is seen by who sees its alert, and written in one's own name, by an officer of one's own or for one elsewhere.
ALTER TABLE alert_note ENABLE ROW LEVEL SECURITY;
ALTER TABLE alert_note FORCE ROW LEVEL SECURITY;
CREATE POLICY on_its_path ON alert_note FOR SELECT TO :app: USING (
    EXISTS (SELECT FROM alert WHERE alert.id = alert_note.alert_id));
CREATE POLICY written ON alert_note FOR INSERT TO :app: WITH CHECK (
    writer_id = current_setting('tsunagu.agency')::uuid
    AND (officer_id IS NULL OR EXISTS (SELECT FROM officer WHERE officer.id = alert_note.officer_id))
    AND EXISTS (SELECT FROM alert WHERE alert.id = alert_note.alert_id));
GRANT SELECT, INSERT ON alert_note TO :app:;
GRANT UPDATE (notes_told) ON alert_party TO :app:;
