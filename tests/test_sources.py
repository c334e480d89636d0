from __future__ import annotations

import pytest

from sms_monitoring.sources import SourceContractError, check_contract, install_preset


def test_the_preset_keeps_the_contract_and_owns_its_metrics(db):
    assert install_preset(db, "buildos") == [
        "source_engagement",
        "source_generations",
        "source_message_sids",
        "source_messages",
    ]
    origins = dict(db.execute("SELECT metric_type, origin FROM sms_metric_types").fetchall())
    assert set(origins.values()) == {"derived"}


def test_a_preset_that_does_not_exist_names_those_that_do(db):
    with pytest.raises(ValueError, match=r"no source preset 'acme'; there are: buildos"):
        install_preset(db, "acme")


def test_a_missing_and_a_mistyped_column_are_both_named(db):
    db.execute("DROP VIEW source_engagement")
    db.execute(
        "CREATE VIEW source_engagement AS"
        " SELECT user_id::text, NULL::text AS campaign, 1 AS event, updated_at AS changed_at FROM user_sms_preferences"
    )
    with pytest.raises(SourceContractError) as error:
        check_contract(db, "source_engagement")
    assert "column event is integer, not text" in str(error.value)
    assert "column occurred_at (timestamp with time zone) is missing" in str(error.value)


def test_a_view_that_does_not_exist_says_what_to_do(db):
    db.execute("DROP VIEW source_messages")
    with pytest.raises(SourceContractError, match="source_messages does not exist; install a preset"):
        check_contract(db, "source_messages")


def test_installing_again_replaces_views_of_another_shape(db):
    db.execute("ALTER VIEW source_messages RENAME COLUMN carrier TO operator")
    install_preset(db, "buildos")
    check_contract(db, "source_messages")


def test_a_view_that_may_not_be_read_names_the_grant(db):
    role = f"monitor_{db.info.dbname}"
    db.execute(f'CREATE ROLE "{role}"')
    try:
        db.execute(f'GRANT SELECT ON sms_metrics TO "{role}"')
        with db.transaction(), pytest.raises(SourceContractError, match="cannot be read: permission denied for view"):
            db.execute(f'SET LOCAL ROLE "{role}"')
            check_contract(db, "source_messages")
    finally:
        db.execute(f'DROP OWNED BY "{role}"')
        db.execute(f'DROP ROLE "{role}"')
