-- For an agency of another installation nobody acts here but its messages: they see what it has sent.
CREATE POLICY sent_from_elsewhere ON referral FOR SELECT TO :app: USING (
    by_line AND sender_id = current_setting('tsunagu.agency')::uuid
    AND EXISTS (SELECT FROM agency WHERE agency.id = referral.sender_id AND agency.member_id IS NOT NULL));
-- A package says what it said when it was signed. What came from another installation, and was withdrawn there, says
-- nothing any more, once and for all.
CREATE FUNCTION referral_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.key IS NULL AND NEW.sealed IS NULL AND NEW.by_line
        AND NEW.sender_id = current_setting('tsunagu.agency')::uuid
        AND EXISTS (SELECT FROM agency WHERE agency.id = NEW.sender_id AND agency.member_id IS NOT NULL)
        AND EXISTS (SELECT FROM referral_step WHERE referral_step.referral_id = NEW.id AND kind = 'withdrawn') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a package stays as it is' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER package_stays BEFORE UPDATE OF key, sealed ON referral FOR EACH ROW
    WHEN (NEW.key IS DISTINCT FROM OLD.key OR NEW.sealed IS DISTINCT FROM OLD.sealed) EXECUTE FUNCTION referral_stays();
ALTER TABLE referral ADD CONSTRAINT referral_whole_or_erased CHECK ((key IS NULL) = (sealed IS NULL));
GRANT UPDATE (key, sealed) ON referral TO :app:;

-- Whoever writes to another installation seals it for that one: its public keys are no secret.
CREATE POLICY public_part ON hub_key FOR SELECT TO :app: USING (sealed IS NULL);
