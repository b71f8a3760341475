"""What is missing or wrong stops the start with one line that names it."""

import pytest

from tests.process.houses import ROOT, Process, environment

PRODUCTION = {
    "SECRET_KEY": "x" * 60,
    "BASE_URL": "https://hotline.example.org",
    "ALLOWED_HOSTS": "hotline.example.org",
    "EMAIL_URL": "console://",
    "EMAIL_FROM": "hotline@example.org",
}


@pytest.fixture
def production(tmp_path):
    """production(**changes) runs `check` with a whole environment of production, but for the changes (None: unset)."""

    def run(*arguments: str, **changes: str | None) -> tuple[int, str]:
        variables = PRODUCTION | {"KEYRING_DIR": str(tmp_path / "keyring"), "VAR_DIR": str(tmp_path)} | changes
        known = {name: value for name, value in variables.items() if value is not None}
        return Process(arguments or ("check",), environment(**known), tmp_path / "check.log").result()

    return run


def test_a_whole_environment_is_enough(production):
    code, output = production()

    assert code == 0, output


@pytest.mark.parametrize("name", [*PRODUCTION, "KEYRING_DIR"])
def test_a_missing_variable_is_named(production, name):
    code, output = production(**{name: None})

    assert code == 1
    assert output.startswith(f"hotline: {name} is not set: it should hold ")
    assert output.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://root@127.0.0.1/hotline"),
        ("BASE_URL", "http://hotline.example.org"),
        ("EMAIL_URL", "pigeon://roof"),
        ("DEBUG", "perhaps"),
        ("PORT", "eight thousand"),
        ("TELEGRAM_API_URL", "http://127.0.0.1:8000/simulator"),
    ],
)
def test_a_wrong_value_is_named_and_not_repeated(production, name, value):
    code, output = production(**{name: value})

    assert code == 1
    assert output.startswith(f"hotline: {name}")
    assert output.count("\n") == 1
    assert value not in output


def test_production_does_not_start_without_its_site_key(production):
    code, output = production("serve")

    assert code == 1
    assert "site.key" in output
    assert "manage.py keys create" in output
    assert output.count("\n") == 1


def example():
    """The variables of docs/production.env."""
    lines = (ROOT / "docs" / "production.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_example_of_the_documents_is_safe_to_run_as_it_stands(tmp_path):
    command = ("check", "--deploy", "--fail-level", "WARNING")
    code, output = Process(command, environment(**example()), tmp_path / "check.log").result()

    assert (code, output) == (0, "System check identified no issues (1 silenced).\n")


def test_nobody_starts_with_the_secret_of_the_documents(production):
    code, output = production("serve", SECRET_KEY=example()["SECRET_KEY"])

    assert code == 1
    assert "SECRET_KEY" in output and "docs/production.env" in output
    assert output.count("\n") == 1


def test_a_database_without_tables_is_named(production):
    production("keys", "create")
    code, output = production("serve", "--port", "8001")

    assert code == 1
    assert "run `python manage.py migrate` first" in output
    assert "Traceback" not in output
