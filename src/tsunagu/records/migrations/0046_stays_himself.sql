-- Whom the same rows name stays himself where his residence is known otherwise: what rests on him rests on his id.
GRANT UPDATE (prefecture, method, confidence, alternatives, needs_a_person, since) ON listed_person TO :app:;
