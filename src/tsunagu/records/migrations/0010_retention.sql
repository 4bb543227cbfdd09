-- Cases from before are kept for the default time, counted from now: nobody was asked to review them earlier.
-- Their own owner is bound by row-level security: the new column is filled before the policies see it.
ALTER TABLE "case" NO FORCE ROW LEVEL SECURITY;
UPDATE "case" SET keep_until = (now() AT TIME ZONE 'UTC' + interval '60 months')::date;
ALTER TABLE "case" FORCE ROW LEVEL SECURITY;

ALTER TABLE retention_rule ENABLE ROW LEVEL SECURITY;
ALTER TABLE retention_rule FORCE ROW LEVEL SECURITY;
CREATE POLICY own_agency ON retention_rule TO :app: USING (agency_id = current_setting('tsunagu.agency')::uuid);
GRANT SELECT, INSERT, UPDATE (keep_months, set_at, set_by_id) ON retention_rule TO :app:;
GRANT UPDATE (keep_until) ON "case" TO :app:;

-- How many cases have expired, and wait to be erased, is told by `doctor`: a number over all agencies.
GRANT SELECT (keep_until) ON "case" TO :linker:;

-- What an officer wrote why he looked at an item may tell of it, and goes with the item.
GRANT UPDATE (reason) ON reveal TO :app:;
