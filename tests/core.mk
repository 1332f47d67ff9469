# Tests of the area "core". A program: add to check_PROGRAMS and TESTS inside the conditional, link libcore.a and $(CMOCKA_LIBS) $(SMALL_LIBS).
if HAVE_CMOCKA
CORE_TESTS = tests/unit/test_str tests/unit/test_text tests/unit/test_fs tests/unit/test_node tests/unit/test_json tests/unit/test_yaml tests/unit/test_scalars \
  tests/unit/test_diff tests/unit/test_edit tests/unit/test_edit_change tests/unit/test_edit_object tests/unit/test_edit_place tests/unit/test_history tests/unit/test_repo_layout tests/unit/test_yaml_edit tests/unit/test_yaml_edit_remove tests/unit/test_yaml_read
check_PROGRAMS += $(CORE_TESTS)
TESTS += $(CORE_TESTS)
CORE_TEST_LIBS = libcore.a $(CMOCKA_LIBS) $(SMALL_LIBS)

tests_unit_test_str_SOURCES = tests/unit/test_str.c tests/unit/random.h tests/unit/unit.h
tests_unit_test_str_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_str_LDADD = $(CORE_TEST_LIBS)
tests_unit_test_text_SOURCES = tests/unit/test_text.c tests/unit/random.h tests/unit/unit.h
tests_unit_test_text_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_text_LDADD = $(CORE_TEST_LIBS)
tests_unit_test_fs_SOURCES = tests/unit/test_fs.c tests/unit/random.h tests/unit/unit.h
tests_unit_test_fs_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_fs_LDADD = $(CORE_TEST_LIBS)
tests_unit_test_node_SOURCES = tests/unit/test_node.c tests/unit/trees.c tests/unit/trees.h tests/unit/random.h tests/unit/unit.h
tests_unit_test_node_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_node_LDADD = $(CORE_TEST_LIBS)
tests_unit_test_scalars_SOURCES = tests/unit/test_scalars.c tests/unit/unit.h
tests_unit_test_scalars_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_scalars_LDADD = $(CORE_TEST_LIBS)
tests_unit_test_json_SOURCES = tests/unit/test_json.c tests/unit/trees.c tests/unit/trees.h tests/unit/random.h tests/unit/unit.h
tests_unit_test_json_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_json_LDADD = $(CORE_TEST_LIBS)
tests_unit_test_edit_change_SOURCES = tests/unit/test_edit_change.c tests/unit/unit.h
tests_unit_test_edit_change_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_edit_change_LDADD = $(CORE_TEST_LIBS)

tests_unit_test_edit_SOURCES = tests/unit/test_edit.c tests/unit/edit_world.c tests/unit/edit_world.h tests/unit/unit.h
tests_unit_test_edit_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_edit_LDADD = $(CORE_TEST_LIBS)

tests_unit_test_edit_object_SOURCES = tests/unit/test_edit_object.c tests/unit/edit_world.c tests/unit/edit_world.h tests/unit/unit.h
tests_unit_test_edit_object_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_edit_object_LDADD = $(CORE_TEST_LIBS)
tests_unit_test_edit_place_SOURCES = tests/unit/test_edit_place.c tests/unit/edit_world.c tests/unit/edit_world.h tests/unit/unit.h
tests_unit_test_edit_place_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_edit_place_LDADD = $(CORE_TEST_LIBS)
tests_unit_test_history_SOURCES = tests/unit/test_history.c tests/unit/random.h tests/unit/unit.h
tests_unit_test_history_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_history_LDADD = $(CORE_TEST_LIBS)
tests_unit_test_diff_SOURCES = tests/unit/test_diff.c tests/unit/random.h tests/unit/unit.h
tests_unit_test_diff_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_diff_LDADD = $(CORE_TEST_LIBS)
tests_unit_test_repo_layout_SOURCES = tests/unit/test_repo_layout.c tests/unit/unit.h
tests_unit_test_repo_layout_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_repo_layout_LDADD = $(CORE_TEST_LIBS)
tests_unit_test_yaml_edit_SOURCES = tests/unit/test_yaml_edit.c tests/unit/yaml_edits.c tests/unit/yaml_edits.h tests/unit/trees.c tests/unit/trees.h tests/unit/random.h tests/unit/unit.h
tests_unit_test_yaml_edit_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_yaml_edit_LDADD = $(CORE_TEST_LIBS)
tests_unit_test_yaml_edit_remove_SOURCES = tests/unit/test_yaml_edit_remove.c tests/unit/yaml_edits.c tests/unit/yaml_edits.h tests/unit/trees.c tests/unit/trees.h tests/unit/random.h tests/unit/unit.h
tests_unit_test_yaml_edit_remove_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_yaml_edit_remove_LDADD = $(CORE_TEST_LIBS)
tests_unit_test_yaml_read_SOURCES = tests/unit/test_yaml_read.c tests/unit/unit.h
tests_unit_test_yaml_read_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_yaml_read_LDADD = $(CORE_TEST_LIBS)
tests_unit_test_yaml_SOURCES = tests/unit/test_yaml.c tests/unit/trees.c tests/unit/trees.h tests/unit/random.h tests/unit/unit.h
tests_unit_test_yaml_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_yaml_LDADD = $(CORE_TEST_LIBS)
endif

check_PROGRAMS += tests/unit/yaml_trees
tests_unit_yaml_trees_SOURCES = tests/unit/yaml_trees.c tests/unit/trees.c tests/unit/trees.h tests/unit/random.h
tests_unit_yaml_trees_LDADD = libcore.a $(SMALL_LIBS)
dist_check_SCRIPTS += tests/yaml_peer.sh
EXTRA_DIST += tests/yaml_peer.py
TESTS += tests/yaml_peer.sh
