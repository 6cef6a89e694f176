"""Tables as they are read from models, schemas and migrations, in the order in which these apply."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from backcheck.extract.schema import extract
from backcheck.program import load
from backcheck.source import collect

if TYPE_CHECKING:
    from pathlib import Path

    from backcheck.backend import Table


def tables(root: Path, files: dict[str, str]) -> dict[str, Table]:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return {table.name: table for table in extract(load(collect(root))).tables}


def without_index(table: Table) -> set[tuple[str, ...]]:
    return {key.columns for key in table.foreign_keys if key.indexed_by is None}


POSTS = "CREATE TABLE posts (id int PRIMARY KEY, author_id int REFERENCES authors (id));\n"


def test_numbered_migrations_apply_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    found = tables(
        tmp_path,
        {
            "migrations/10_drop.sql": "DROP INDEX posts_author;",
            "migrations/2_index.sql": "CREATE INDEX posts_author ON posts (author_id);",
            "migrations/1_posts.sql": POSTS,
        },
    )
    assert without_index(found["posts"]) == {("author_id",)}


def test_a_renamed_table_keeps_its_keys_and_a_dropped_column_takes_them_along(tmp_path: Path) -> None:
    found = tables(
        tmp_path,
        {
            "a/1.sql": POSTS
            + "ALTER TABLE posts RENAME TO stories; ALTER TABLE stories ADD editor_id int REFERENCES e;",
            "a/2.sql": "ALTER TABLE stories DROP COLUMN author_id; DROP TABLE IF EXISTS nothing;",
        },
    )
    assert list(found) == ["stories"]
    assert [column.name for column in found["stories"].columns] == ["id", "editor_id"]
    assert without_index(found["stories"]) == {("editor_id",)}


@pytest.mark.parametrize(
    "name, undo",
    [
        ("1_posts.down.sql", "DROP TABLE posts;"),
        ("down.sql", "DROP TABLE posts;"),
        ("1_posts.sql", POSTS + "-- migrate:down\nDROP TABLE posts;"),
        ("1_posts.sql", POSTS + "-- +goose Down\nDROP TABLE posts;"),
    ],
)
def test_what_undoes_a_migration_is_not_applied(tmp_path: Path, name: str, undo: str) -> None:
    assert "posts" in tables(tmp_path, {"db/0_first.sql": POSTS, f"db/{name}": undo})


@pytest.mark.parametrize(
    "index, serves",
    [
        ("CREATE INDEX i ON posts (author_id, id)", True),
        ("CREATE INDEX i ON posts (id, author_id)", False),
        ("CREATE INDEX i ON posts (lower(author_id))", False),
        ("CREATE INDEX i ON posts (author_id) WHERE author_id IS NOT NULL", True),
        ("CREATE INDEX i ON posts (author_id) WHERE id > 3", False),
        ("ALTER TABLE posts ADD CONSTRAINT u UNIQUE (author_id)", True),
        ("CREATE INDEX ON other (author_id)", False),
        ("/* CREATE INDEX i ON posts (author_id); */ SELECT 1", False),
        ("COMMENT ON TABLE posts IS 'CREATE INDEX i ON posts (author_id);'", False),
    ],
)
def test_an_index_serves_a_key_whose_columns_it_begins_with(tmp_path: Path, index: str, serves: bool) -> None:
    found = tables(tmp_path, {"schema.sql": f"{POSTS}{index};\n"})
    assert (without_index(found["posts"]) == set()) is serves


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE",
        "CREATE TABLE t (",
        "ALTER TABLE x ADD",
        "CREATE INDEX ON",
        "'",
        "$$ never closed",
        "((((",
        "ALTER TABLE",
    ],
)
def test_broken_sql_gives_no_table_and_no_error(tmp_path: Path, text: str) -> None:
    assert "posts" in tables(tmp_path, {"a.sql": POSTS + text})


def test_alembic_revisions_apply_along_their_chain(tmp_path: Path) -> None:
    found = tables(
        tmp_path,
        {
            "alembic/versions/zz_first.py": """
from alembic import op
import sqlalchemy as sa
revision = "1"
down_revision = None

def make_posts():
    op.create_table("posts", sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("author_id", sa.Integer()), sa.ForeignKeyConstraint(["author_id"], ["authors.id"]))

def upgrade():
    make_posts()
    op.create_index(op.f("ix_posts_author_id"), "posts", ["author_id"])

def downgrade():
    op.drop_table("posts")
""",
            "alembic/versions/aa_second.py": """
from alembic import op
import sqlalchemy as sa
revision = "2"
down_revision = "1"

def upgrade():
    op.drop_index("ix_posts_author_id", table_name="posts")
    with op.batch_alter_table("posts") as batch:
        batch.add_column(sa.Column("editor_id", sa.Integer(), sa.ForeignKey("authors.id")))
        batch.create_index("ix_editor", ["editor_id"])
    op.execute("ALTER TABLE posts ADD COLUMN tag_id int REFERENCES tags (id)")
""",
        },
    )
    assert without_index(found["posts"]) == {("author_id",), ("tag_id",)}


def test_a_model_and_its_migrations_are_one_table_with_the_indexes_of_both(tmp_path: Path) -> None:
    found = tables(
        tmp_path,
        {
            "schema.prisma": """
datasource db { provider = "postgresql" }
model Post {
  id Int @id
  author Author @relation(fields: [authorId], references: [id])
  authorId Int @map("author_id")
  @@map("posts")
}
model Author { id Int @id }
""",
            "migrations/1_a/migration.sql": POSTS.replace("posts", '"posts"'),
            "migrations/2_b/migration.sql": "CREATE INDEX x ON posts (author_id);",
        },
    )
    assert sorted(found) == ["Author", "posts"]
    assert found["posts"].source == "prisma"
    (key,) = found["posts"].foreign_keys
    assert key.place.path == "schema.prisma"
    assert key.indexed_by is not None
    assert key.indexed_by.path == "migrations/2_b/migration.sql"


def test_columns_of_mixins_and_of_declared_attributes_count(tmp_path: Path) -> None:
    found = tables(
        tmp_path,
        {
            "app/mixins.py": """
from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.ext.declarative import declared_attr

class Owned:
    @declared_attr
    def owner_id(cls):
        return Column(Integer, ForeignKey("users.id"), index=True)

class Tenant:
    tenant_id = Column(Integer, ForeignKey("tenants.id"))
""",
            "app/models.py": """
from app.base import Base
from app.mixins import Owned, Tenant
from sqlalchemy import Column, Integer

class Thing(Base, Owned, Tenant):
    __tablename__ = "things"
    id = Column(Integer, primary_key=True)
""",
            "app/base.py": "from sqlalchemy.orm import declarative_base\nBase = declarative_base()\n",
        },
    )
    assert without_index(found["things"]) == {("tenant_id",)}


def test_sequelize_migrations_and_associations_make_keys(tmp_path: Path) -> None:
    found = tables(
        tmp_path,
        {
            "migrations/1.js": """
module.exports = {
  async up(queryInterface, Sequelize) {
    await queryInterface.createTable('comments', {
      id: { type: Sequelize.INTEGER, primaryKey: true },
      postId: { type: Sequelize.INTEGER, references: { model: 'posts', key: 'id' } },
    })
    await queryInterface.addColumn('comments', 'userId', { type: Sequelize.INTEGER, references: { model: 'users' } })
    await queryInterface.addIndex('comments', ['postId'])
  },
  async down(queryInterface) { await queryInterface.addIndex('comments', ['userId']) },
}
""",
            "models/likes.js": """
module.exports = (sequelize, DataTypes) => {
  const Like = sequelize.define('Like', { at: DataTypes.DATE }, { indexes: [{ fields: ['user_id'] }] })
  Like.associate = (models) => {
    Like.belongsTo(models.User, { foreignKey: 'userId' })
    Like.belongsTo(models.Post)
  }
  return Like
}
""",
        },
    )
    assert without_index(found["comments"]) == {("userId",)}
    assert without_index(found["Likes"]) == {("PostId",)}


def test_knex_chains_make_columns_keys_and_indexes(tmp_path: Path) -> None:
    found = tables(
        tmp_path,
        {
            "migrations/1.js": """
exports.up = knex => knex.schema.createTable('posts', table => {
  table.increments('id')
  table.integer('author_id').notNullable().references('id').inTable('authors')
  table.integer('editor_id').references('authors.id').index()
  table.foreign('tag_id').references('id').inTable('tags')
  table.integer('tag_id')
})
"""
        },
    )
    assert without_index(found["posts"]) == {("author_id",), ("tag_id",)}
    assert {key.references for key in found["posts"].foreign_keys} == {"authors", "tags"}


def test_sql_in_the_code_makes_tables_and_indexes_unless_it_takes_a_migration_back(tmp_path: Path) -> None:
    found = tables(
        tmp_path,
        {
            "migrations/1.js": """
exports.up = async (db) => {
  await db.exec(`
    CREATE TABLE notes (id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES users(id), list_id INTEGER REFERENCES lists(id));
  `)
}
""",
            "migrations/2.js": """
const optional = process.env.LEGACY ? '' : 'IF NOT EXISTS'
exports.up = async (knex) => {
  await Promise.all([knex.raw(`CREATE INDEX ${optional} notes_author ON notes (author_id)`)])
}
exports.down = async (knex) => {
  await knex.raw('DROP INDEX notes_author')
}
""",
            "app/setup.py": """
def prepare(connection):
    connection.execute("CREATE TABLE tags (id integer primary key, note_id integer references notes(id))")
""",
        },
    )
    assert without_index(found["notes"]) == {("list_id",)}
    assert without_index(found["tags"]) == {("note_id",)}


def test_a_code_base_that_knows_only_mysql_has_its_keys_indexed(tmp_path: Path) -> None:
    model = """
from sqlalchemy import Column, ForeignKey, Integer, create_engine
from sqlalchemy.orm import declarative_base
engine = create_engine("DIALECT://localhost/shop")
Base = declarative_base()

class Post(Base):
    __tablename__ = "posts"
    id = Column(Integer, primary_key=True)
    author_id = Column(Integer, ForeignKey("authors.id"))
"""
    mysql = tables(tmp_path / "a", {"models.py": model.replace("DIALECT", "mysql+pymysql")})
    postgres = tables(tmp_path / "b", {"models.py": model.replace("DIALECT", "postgresql")})
    assert not without_index(mysql["posts"])
    assert without_index(postgres["posts"]) == {("author_id",)}
