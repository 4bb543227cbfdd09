-- What was answered or acted upon by an earlier release. The owner is bound by row-level security.
ALTER TABLE hub_outgoing NO FORCE ROW LEVEL SECURITY;
ALTER TABLE hub_incoming NO FORCE ROW LEVEL SECURITY;
UPDATE hub_outgoing SET body = '{}' WHERE answered_at IS NOT NULL;
UPDATE hub_incoming SET body = '{}' WHERE done_at IS NOT NULL;
ALTER TABLE hub_outgoing FORCE ROW LEVEL SECURITY;
ALTER TABLE hub_incoming FORCE ROW LEVEL SECURITY;

-- A body is emptied, and never becomes another one.
CREATE FUNCTION hub_body_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a message says is not changed' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER body_stays BEFORE UPDATE OF body ON hub_outgoing FOR EACH ROW
    WHEN (NEW.body IS DISTINCT FROM OLD.body AND NEW.body <> '{}'::jsonb) EXECUTE FUNCTION hub_body_stays();
CREATE TRIGGER body_stays BEFORE UPDATE OF body ON hub_incoming FOR EACH ROW
    WHEN (NEW.body IS DISTINCT FROM OLD.body AND NEW.body <> '{}'::jsonb) EXECUTE FUNCTION hub_body_stays();
GRANT UPDATE (body) ON hub_outgoing, hub_incoming TO :app:;
