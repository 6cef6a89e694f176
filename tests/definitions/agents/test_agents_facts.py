"""The shipped agents: the facts that each has to hold, and the contract that each states."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from backcheck import data
from backcheck.definitions.agents import Agent, find_agent, shipped_agents
from backcheck.definitions.clients import CLAUDE_CODE, load_in
from backcheck.definitions.contract import bind_contract
from backcheck.definitions.items import load_items

OURS = tuple(f"mcp__plugin_backcheck_backcheck__{tool}" for tool in ("audit", "routes", "explain"))

FIELDS: dict[str, dict[str, Any]] = {
    "backend-architect": {"model": "sonnet", "color": "orange", "tools": None},
    "backend-engineer": {"model": "sonnet", "color": "green", "tools": None},
    "backend-developer": {
        "model": None,
        "color": "green",
        "priority": "high",
        "context_mode": "minimal",
        "tools": ("Read", "Write", "Edit", "Grep", "Bash", "WebSearch", *OURS),
    },
    "backend-api-developer": {"model": None, "color": "purple"},
    "backend-builder": {
        "model": "sonnet",
        "color": None,
        "tools": ("Read", "Write", "Edit", "Bash", "Grep", "Glob", *OURS),
    },
}

SERENA = """read_file create_text_file list_dir find_file replace_content search_for_pattern get_symbols_overview find_symbol
find_referencing_symbols replace_symbol_body insert_after_symbol insert_before_symbol rename_symbol write_memory read_memory
list_memories delete_memory execute_shell_command think_about_collected_information think_about_task_adherence
think_about_whether_you_are_done prepare_for_new_conversation"""

# Words and numbers that have to stand in the text, split at `|`.
WORDS = {
    "backend-architect": """REST|GraphQL|OpenAPI|Swagger|status codes|subscriptions|resolvers|JWT|OAuth2|OIDC|Sessions|RBAC|MFA|TypeORM
        |Prisma|Sequelize|execution plans|Migrations|pools|MongoDB|Redis|Memcached|message queues|Express.js|NestJS|Fastify|TypeScript
        |Django|Flask|FastAPI|Spring Boot|Spring Security|Hibernate|PostgreSQL|RabbitMQ|Apache Kafka|Docker|Kubernetes|200 ms|average
        |99.9%|95%|100% OWASP|90%|10x|rate limits|validated input|bcrypt|Stripe|webhooks|fulfilment|microservices|Load""",
    "backend-engineer": """Node.js|Python|Go|Express.js|FastAPI|Gin|PostgreSQL|MongoDB|Prisma|TypeORM|Mongoose|SQLAlchemy|Redis|RabbitMQ
        |Kafka|Jest|Pytest|Supertest|v1, v2|OpenAPI|Swagger|limit and offset|cursor|parameterized|Rate limiting|at rest and in transit
        |CORS|expire|refresh|least privilege|migration script|seed|Unit tests|integration tests|deploy|monitor|business logic|GraphQL
        |code quality|registration|web shop""",
    "backend-developer": """AI Virtual Corporation|Project Manager|Node.js|TypeScript|Python|Go|Express.js|Fastify|Django|Gin|PostgreSQL|MongoDB
        |Redis|Prisma|TypeORM|Mongoose|JWT|OAuth 2.0|Passport.js|Jest|Mocha|pytest|Go test|Docker|Kubernetes|AWS|OWASP Top 10|bcrypt
        |Frontend Developer|API contracts|QA Engineer|CTO|technical blockers|security concerns|performance metrics|compliance
        |docs/technical/|docs/specifications/|YYYY-MM-DD_backend_[api-name].md|troubleshooting|load|encrypt|every day""",
    "backend-api-developer": """OpenAPI|Swagger|GraphQL|resolvers|versioning|backward compatible|Rate limiting|Normalized|Connection pooling
        |PostgreSQL|MySQL|MongoDB|Redis|JWT|role|hashing|OAuth2|CORS|microservices|Memcached|message queues|Logging|tracking of errors
        |SOLID|Dependency injection|CLAUDE.md|FastAPI|Django|Flask|Express|NestJS|Docker|AWS|GCP|Azure|serverless|context7|search the web
        |ORM and ODM|TodoWrite|version control|ready for production""",
    "backend-builder": """gRPC|WebSocket|PostgreSQL|MySQL|MongoDB|Redis|SAML|ABAC|RBAC|domain-driven|/getUsers|/users/123/orders
        |/product-categories|/productCategories|idempotent|cached|page=1&limit=20&sort=-created_at|totalPages|emailNotifications
        |currentUser|createUser|updateUser|deleteUser|first|after|DataLoader|Relay|Depth|BIGSERIAL|TIMESTAMPTZ|deleted_at|email_verified
        |password_hash|ON DELETE CASCADE|post_tags|slug|json_agg|N+1|bcrypt|10 rounds|15m|7d|JWT_SECRET|REFRESH_TOKEN_SECRET|Invalid credentials
        |moderator|posts:read|posts:write|posts:delete|users:manage|VALIDATION_ERROR|AUTHENTICATION_ERROR|AUTHORIZATION_ERROR|NOT_FOUND
        |INTERNAL_ERROR|zod|8 characters|1 to 100|lower-case letter|upper-case letter|digit|Fail fast|Atomicity|Observability
        |OAuth2 provider|webhook|payment|background jobs|middleware|Bash runs tests, migrations""",
}

STATUS_CODES = (200, 201, 204, 400, 401, 403, 404, 409, 422, 429, 500, 503)

# How many entries each part of the contract has.
COUNTS = {
    "backend-architect": {"items": 0, "promises": 7, "rules": 0, "targets": 6, "documents": 0},
    "backend-engineer": {"items": 0, "promises": 28, "rules": 11, "targets": 0, "documents": 0},
    "backend-developer": {"items": 8, "promises": 18, "rules": 8, "targets": 7, "documents": 8},
    "backend-api-developer": {"items": 0, "promises": 34, "rules": 2, "targets": 0, "documents": 0},
    "backend-builder": {"items": 0, "promises": 33, "rules": 0, "targets": 0, "documents": 0},
}

TARGETS = {
    "backend-architect": [
        ("response time", "<", 200, "ms", None),
        ("uptime", ">=", 99.9, "%", None),
        ("database", ">=", 95, "%", None),
        ("owasp compliance", ">=", 100, "%", None),
        ("test coverage", ">=", 90, "%", None),
        ("traffic growth", ">=", 10, "x", None),
    ],
    "backend-developer": [
        ("api response time", "<", 200, "ms", 95),
        ("database query time", "<", 100, "ms", None),
        ("memory usage", "<", 80, "%", None),
        ("cpu utilization", "<", 50, "%", None),
        ("code coverage", ">", 85, "%", None),
        ("security vulnerabilities", "=", 0, "", None),
        ("error rate", "<", 1, "%", None),
    ],
}

DOCUMENTS = [
    ("folder", "docs/technical/"),
    ("folder", "docs/specifications/"),
    ("name", "YYYY-MM-DD_backend_[api-name].md"),
    ("type", "Specification and documentation of an API"),
    ("type", "Guide to the database schema and its migrations"),
    ("type", "Report on how security was implemented"),
    ("type", "Account of a performance optimization"),
    ("type", "Guide to deployment and infrastructure"),
]

CHECKLIST = {
    "Input validation is implemented": "body-not-validated",
    "Authentication and authorization work": "route-not-authenticated",
    "Sensitive data is encrypted": "password-stored-in-clear",
    "SQL injection is prevented, and that is verified": "sql-injection",
    "Rate limiting is configured": "login-not-throttled",
    "HTTPS is enforced": "https-not-enforced",
    "Security headers are set": "security-headers-missing",
    "Dependencies are up to date": "dependency-vulnerable",
}
"""The one item that answers each box."""


@pytest.fixture(params=sorted(FIELDS))
def agent(request: pytest.FixtureRequest) -> Agent:
    return find_agent(request.param)


def test_every_fact_stands_in_the_definition(agent: Agent) -> None:
    text = " ".join(f"{agent.description} {agent.body}".split()).casefold()
    words = [" ".join(word.split()) for word in WORDS[agent.name].split("|")]

    assert [word for word in words if word.casefold() not in text] == []
    assert len(words) > 30


def test_every_field_is_as_it_was(agent: Agent) -> None:
    assert {key: getattr(agent, key) for key in FIELDS[agent.name]} == FIELDS[agent.name]


def test_the_api_developer_keeps_the_servers_that_it_works_with() -> None:
    tools = find_agent("backend-api-developer").tools or ()

    assert {f"mcp__serena-mcp__{name}" for name in SERENA.split()} <= set(tools)
    assert {f"mcp__context7-mcp__{name}" for name in ("resolve-library-id", "get-library-docs", "query-docs")} <= set(
        tools
    )
    assert {"Write", "WebFetch", "WebSearch", "Edit", "Read", *OURS} <= set(tools)


def test_the_builder_tells_what_each_status_code_means() -> None:
    body = find_agent("backend-builder").body

    assert [code for code in STATUS_CODES if f"- **{code} " not in body] == []


def test_the_contract_has_every_entry_and_no_other(agent: Agent) -> None:
    parts = [part for part, _ in agent.contract.lines()]

    assert {part: parts.count(part) for part in COUNTS[agent.name]} == COUNTS[agent.name]
    assert agent.contract.contradictions == ()


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_the_numbers_are_read_as_targets(name: str) -> None:
    found = find_agent(name).contract.targets

    assert [(t.metric, t.operator, t.value, t.unit, t.percentile) for t in found] == TARGETS.get(name, [])


def test_the_developers_document_rules_are_read() -> None:
    assert [(rule.kind, rule.value) for rule in find_agent("backend-developer").contract.documents] == DOCUMENTS


def test_the_developers_checklist_and_targets_bind_to_items() -> None:
    contract = find_agent("backend-developer").contract
    lines = bind_contract(contract, load_items()).lines
    bound = {line.entry.text: line.bound for line in lines if line.part in {"items", "targets"}}

    assert [item.text for item in contract.items] == list(CHECKLIST)
    assert {text: bound[text] for text in CHECKLIST} == {
        text: (item,) if item else () for text, item in CHECKLIST.items()
    }
    assert "p95-above-target" in bound["API response time: < 200 ms (95th percentile)"]
    assert "dependency-vulnerable" in bound["Security vulnerabilities: 0 critical/high"]


def test_strict_yaml_and_the_client_load_it_whole(agent: Agent) -> None:
    content = agent.path.read_bytes()
    fields = yaml.safe_load(content.decode().split("---\n")[1])
    loaded = load_in(CLAUDE_CODE, content, agent.path, meant=agent.description)

    assert (fields["name"], fields["description"]) == (agent.name, agent.description)
    assert (loaded.outcome, loaded.name, loaded.tools.unknown) == ("loads", agent.name, ())
    assert len(agent.description) < 1024


def test_the_folder_of_agents_holds_nothing_else() -> None:
    # The repository's root is a Claude Code plugin: every page in this folder would be loaded as an agent.
    assert {path.stem for path in (data.root() / "agents").rglob("*")} == {agent.name for agent in shipped_agents()}
