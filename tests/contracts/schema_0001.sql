-- What the first version of the tables looked like when it was in use: one workspace with two rules, a history,
-- digests and a question.  Never to be changed: databases like this one are out there.
INSERT INTO digests ("team", "channel", "owner", "at", "zone", "mode", "on", "stopped") VALUES
  ('T1', 'C1', 'U1', '08:30:00.000000', 'America/New_York', 'quiet', TRUE, '');
INSERT INTO ledger ("team", "channel", "session", "kind", "subject", "content", "state", "not_before", "attempt", "doubtful", "first_tried", "lease", "holder", "ts", "fault") VALUES
  ('T1', 'C1', '2026-01-15', 'card', 'R1v1', '{"watched":{"team":"T1","number":1,"version":1,"channel":"C1","owner":"U1","author":"U1","text":"ISCB sortino < 1.0 then SPSM","rule":{"conditions":[{"quantity":{"measure":"sortino","symbol":"ISCB","other":null,"combine":"-","window":{"label":"1y","start":null,"end":null},"rate":{"annual":0.0},"benchmark":null,"sector":null},"op":"<","threshold":1.0,"recover":null}],"needed":1,"then":"SPSM"},"policy":{"confirm":5,"recover":null},"made":"2026-01-16T13:30:00Z","status":"active"},"session":"2026-01-15","state":{"kept":"firing","trouble":null,"run":0,"since":"2026-01-15","held":1,"session":"2026-01-15","fired":"2026-01-15","armed":false,"told":[],"acknowledged":null,"snoozed_until":null},"reading":{"value":0.9,"met":true,"safe":false,"reason":null,"crossing":false,"failed":false,"then":1.2,"parts":[]},"flip":null,"incidents":[],"deed":null,"source":"","simulated":false}', 'sent', '2026-01-16 13:30:00.000000', 1, FALSE, '2026-01-16 13:30:00.000000', '2026-01-16 13:32:00.000000', 'worker', '1.0', '');
INSERT INTO ledger ("team", "channel", "session", "kind", "subject", "content", "state", "not_before", "attempt", "doubtful", "first_tried", "lease", "holder", "ts", "fault") VALUES
  ('T1', 'C1', '2026-01-15', 'digest', '', '{"session":"2026-01-15","stories":[],"missed":[],"sessions_missed":0}', 'sent', '2026-01-16 13:30:00.000000', 1, FALSE, '2026-01-16 13:30:00.000000', '2026-01-16 13:32:00.000000', 'worker', '2.0', '');
INSERT INTO ledger ("team", "channel", "session", "kind", "subject", "content", "state", "not_before", "attempt", "doubtful", "first_tried", "lease", "holder", "ts", "fault") VALUES
  ('T1', 'C1', '2026-01-16', 'digest', 'now/q3', '{"session":"2026-01-16","stories":[],"missed":[],"sessions_missed":0}', 'due', '2026-01-16 13:30:00.000000', 0, FALSE, NULL, NULL, NULL, NULL, '');
INSERT INTO ledger ("team", "channel", "session", "kind", "subject", "content", "state", "not_before", "attempt", "doubtful", "first_tried", "lease", "holder", "ts", "fault") VALUES
  ('T1', 'C1', '2026-01-16', 'digest', '', '{"session":"2026-01-16","stories":[],"missed":[],"sessions_missed":0}', 'due', '2026-01-16 13:30:00.000000', 0, FALSE, NULL, NULL, NULL, NULL, '');
INSERT INTO questions ("team", "id", "handler", "text", "channel", "user", "asked", "thread", "reply_url", "extra", "attempt", "lease", "done") VALUES
  ('T1', 'q1', '/watch', 'list', 'C1', 'U1', '2026-01-16 13:30:00.000000', NULL, NULL, '{}', 0, NULL, FALSE);
INSERT INTO rules ("team", "number", "channel", "owner", "version", "status") VALUES
  ('T1', 1, 'C1', 'U1', 1, 'active');
INSERT INTO rules ("team", "number", "channel", "owner", "version", "status") VALUES
  ('T1', 2, 'C2', 'U1', 1, 'active');
INSERT INTO workspaces ("team", "last_number") VALUES
  ('T1', 2);
INSERT INTO deeds ("team", "number", "user", "act", "at", "detail") VALUES
  ('T1', 1, 'U1', 'made', '2026-01-16 13:30:00.000000', '');
INSERT INTO deeds ("team", "number", "user", "act", "at", "detail") VALUES
  ('T1', 2, 'U1', 'made', '2026-01-16 13:30:00.000000', '');
INSERT INTO versions ("team", "number", "version", "channel", "author", "text", "rule", "policy", "made", "asked") VALUES
  ('T1', 1, 1, 'C1', 'U1', 'ISCB sortino < 1.0 then SPSM', '{"conditions":[{"quantity":{"measure":"sortino","symbol":"ISCB","other":null,"combine":"-","window":{"label":"1y","start":null,"end":null},"rate":{"annual":0.0},"benchmark":null,"sector":null},"op":"<","threshold":1.0,"recover":null}],"needed":1,"then":"SPSM"}', '{"confirm":5,"recover":null}', '2026-01-16 13:30:00.000000', 'q1');
INSERT INTO versions ("team", "number", "version", "channel", "author", "text", "rule", "policy", "made", "asked") VALUES
  ('T1', 2, 1, 'C2', 'U1', 'ISCB sortino < 1.0 then SPSM', '{"conditions":[{"quantity":{"measure":"sortino","symbol":"ISCB","other":null,"combine":"-","window":{"label":"1y","start":null,"end":null},"rate":{"annual":0.0},"benchmark":null,"sector":null},"op":"<","threshold":1.0,"recover":null}],"needed":1,"then":"SPSM"}', '{"confirm":5,"recover":null}', '2026-01-16 13:30:00.000000', 'q2');
INSERT INTO flips ("team", "number", "version", "flip") VALUES
  ('T1', 1, 1, '{"session":"2026-01-15","before":"pending","after":"firing","reason":"confirmed","notice":"fired","facts":{"value":0.9,"count":5,"needed":5},"value":0.9,"then":1.2}');
INSERT INTO incidents ("team", "number", "version", "fired", "recovered", "ts") VALUES
  ('T1', 1, 1, '2026-01-15', NULL, '1.0');
INSERT INTO standings ("team", "number", "version", "session", "position", "revision") VALUES
  ('T1', 1, 1, '2026-01-15', '[{"kept":"firing","trouble":null,"run":0,"since":"2026-01-15","held":1,"session":"2026-01-15","fired":"2026-01-15","armed":false,"told":[],"acknowledged":null,"snoozed_until":null},{"kept":"ok","trouble":null,"run":0,"since":null,"held":0,"session":null,"fired":null,"armed":false,"told":[],"acknowledged":null,"snoozed_until":null},null]', 1);
INSERT INTO standings ("team", "number", "version", "session", "position", "revision") VALUES
  ('T1', 2, 1, NULL, '[{"kept":"ok","trouble":null,"run":0,"since":null,"held":0,"session":null,"fired":null,"armed":false,"told":[],"acknowledged":null,"snoozed_until":null},{"kept":"ok","trouble":null,"run":0,"since":null,"held":0,"session":null,"fired":null,"armed":false,"told":[],"acknowledged":null,"snoozed_until":null},null]', 0);
