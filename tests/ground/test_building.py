"""What ``make run`` builds before it starts: front-end files, translations; and the libraries it asks for."""

from types import SimpleNamespace

import polib
import pytest

from kam import frontend
from kam.engines.homes import ROOT
from kam.replica import ReplicaRouter, reading_from_replica
from kam.system_libraries import check_system_libraries, missing_libraries
from kam.terminal import Stop
from kam.translations import compile_catalogues, gaps


def test_served_files_name_nothing_that_is_not_served():
    style = '@font-face{src:url("./a.woff2?v1") format("woff2"),url("./a.woff?") format("woff")}\n'
    assert frontend.served(style + "/*# sourceMappingURL=a.css.map */") == (
        '@font-face{src:url("./a.woff2?v1") format("woff2")}\n'
    )
    assert frontend.served("f();\n//# sourceMappingURL=a.js.map") == "f();\n"


def test_a_package_without_a_listed_file_is_named(tmp_path):
    with pytest.raises(Stop, match=r"node_modules lacks @tabler/core/dist/css/tabler\.min\.css"):
        frontend.copy_files(tmp_path, tmp_path / "vendor")


def test_files_are_copied_once(tmp_path, monkeypatch):
    monkeypatch.setattr(frontend, "FILES", {"a/a.js": "a.js"})
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "a.js").write_text("f();")
    assert frontend.copy_files(tmp_path, tmp_path / "vendor") == 1
    assert frontend.copy_files(tmp_path, tmp_path / "vendor") == 0
    assert (tmp_path / "vendor" / "a.js").read_text() == "f();"


def test_the_lock_file_names_no_host():
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_npm_comes_from_the_path_else_from_the_wheel(monkeypatch):
    monkeypatch.setattr(frontend.shutil, "which", lambda name: f"/bin/{name}")
    assert frontend.npm_command() == ["/bin/npm"]
    monkeypatch.setattr(frontend.shutil, "which", lambda name: None)
    monkeypatch.setattr(frontend, "find_spec", lambda name: None)
    with pytest.raises(Stop, match=r"install Node\.js"):
        frontend.npm_command()


def catalogue(tmp_path, *entries):
    folder = tmp_path / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    book = polib.POFile()
    book.metadata = {"Content-Type": "text/plain; charset=utf-8"}
    book.extend(polib.POEntry(**entry) for entry in entries)
    book.save(str(folder / "django.po"))
    return folder


def test_catalogues_are_compiled_when_they_changed(tmp_path):
    folder = catalogue(tmp_path, {"msgid": "client", "msgstr": "клиент"})
    assert compile_catalogues(tmp_path) == 1
    assert polib.mofile(str(folder / "django.mo"))[0].msgstr == "клиент"
    assert compile_catalogues(tmp_path) == 0


def test_gaps_are_the_untranslated_and_the_doubtful(tmp_path):
    catalogue(
        tmp_path,
        {"msgid": "client", "msgstr": "клиент"},
        {"msgid": "outlet", "msgstr": ""},
        {"msgid": "quota", "msgstr": "квота", "flags": ["fuzzy"]},
    )
    assert [line.rpartition(" ")[2] for line in gaps(tmp_path)] == ["'outlet'", "'quota'"]


def test_missing_system_libraries_are_named_with_their_packages():
    libraries = {"Pango": ("libno-such-pango.so.0",), "C": ("libc.so.6", "libSystem.dylib")}
    assert missing_libraries(libraries) == ["Pango"]
    with pytest.raises(Stop, match=r"missing: Pango\. Debian, Ubuntu: apt install libpango"):
        check_system_libraries(libraries)
    check_system_libraries({"C": libraries["C"]})


def test_reads_go_to_the_replica_inside_the_block_only(monkeypatch):
    router = ReplicaRouter()
    with reading_from_replica():
        assert router.db_for_read(None) is None  # none is set
    monkeypatch.setattr("kam.replica.settings", SimpleNamespace(DATABASES={"default": {}, "replica": {}}))
    assert router.db_for_read(None) is None
    with reading_from_replica():
        assert router.db_for_read(None) == "replica"
        assert router.db_for_write(None) == "default"
    assert router.db_for_read(None) is None
    assert router.allow_migrate("default", "kam")
    assert not router.allow_migrate("replica", "kam")
