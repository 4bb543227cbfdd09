-- By which rules an agency goes, and who has reviewed them, is its own.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['law_rule_set', 'law_review'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_agency ON %I TO :app: USING '
                       '(agency_id = current_setting(''tsunagu.agency'')::uuid)', name);
    END LOOP;
END
$$;

-- What the second person confirms is this text to the letter, and nothing makes it another one.
ALTER TABLE law_rule_set ADD CONSTRAINT law_rule_set_is_its_text CHECK (sha256 = sha256(convert_to(text, 'UTF8')));
CREATE POLICY proposed ON law_rule_set AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM proposal WHERE proposal.id = law_rule_set.proposal_id AND kind = 'law-rules'
            AND settled_at IS NULL AND terms ->> 'sha256' = encode(law_rule_set.sha256, 'hex')));

-- Who has written a rule set does not vouch for it, and one that nobody confirmed is reviewed by nobody.
CREATE POLICY by_another ON law_review AS RESTRICTIVE FOR INSERT TO :app: WITH CHECK (
    EXISTS (SELECT FROM law_rule_set JOIN proposal ON proposal.id = law_rule_set.proposal_id
            WHERE law_rule_set.id = law_review.rule_set_id AND confirmed_by_id IS NOT NULL
            AND proposed_by_id <> law_review.reviewed_by_id)
    AND EXISTS (SELECT FROM officer WHERE officer.id = law_review.reviewed_by_id)
    AND ended_at IS NULL);
CREATE POLICY not_ended ON law_review AS RESTRICTIVE FOR UPDATE TO :app: USING (ended_at IS NULL) WITH CHECK (
    ended_by_id IS NULL OR EXISTS (SELECT FROM officer WHERE officer.id = law_review.ended_by_id));

GRANT SELECT, INSERT ON law_rule_set TO :app:;
GRANT SELECT, INSERT, UPDATE (ended_at, ended_by_id) ON law_review TO :app:;
