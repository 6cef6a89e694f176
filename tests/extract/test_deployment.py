"""Deployment files: what stands in front of an application, and what might, in a form that is not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from backcheck.backend import Guard, GuardKind
from backcheck.extract import extract
from backcheck.program import load
from backcheck.source import collect

if TYPE_CHECKING:
    from pathlib import Path

INGRESS = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n"


def guards(folder: Path, name: str, text: str) -> tuple[Guard, ...]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return extract(load(collect(folder))).deployment


@pytest.mark.parametrize(
    "name, text, line",
    [
        ("nginx.conf", "server {\n  listen 80;\n  return 301 https://$host$request_uri;\n}\n", 3),
        ("deploy/nginx/app.conf.template", "return 308 https://$server_name$request_uri;\n", 1),
        ("nginx/sites-enabled/default", "  rewrite ^ https://$host$request_uri? permanent;\n", 1),
        (".htaccess", "RewriteEngine On\nRewriteRule ^(.*)$ https://%{HTTP_HOST}/$1 [R=301,L]\n", 2),
        ("Caddyfile", "api.example.com {\n  reverse_proxy app:8000\n}\n", 1),
        ("Caddyfile", "{$DOMAIN:localhost} {\n  reverse_proxy app:8000\n}\n", 1),
        ("compose.yaml", "x:\n  - traefik.http.middlewares.r.redirectscheme.scheme=https\n", 2),
        ("docker-compose.prod.yml", "command:\n  - --entrypoints.web.http.redirections.entryPoint.scheme=https\n", 2),
        ("traefik/traefik.yml", "entryPoints:\n  web:\n    http:\n      redirections:\n        entryPoint:\n          scheme: https\n", 6),
        ("k8s/ingress.yaml", INGRESS + '  annotations:\n    nginx.ingress.kubernetes.io/ssl-redirect: "true"\n', 5),
        ("k8s/ingress.yaml", INGRESS + "spec:\n  ingressClassName: nginx\n  tls:\n    - hosts: [a.example.com]\n", 6),
        ("fly.toml", "[http_service]\n  force_https = true\n", 2),
        ("app.yaml", "runtime: python311\nhandlers:\n- url: /.*\n  secure: always\n", 4),
    ],
)  # fmt: skip
def test_a_redirect_to_https_is_found_at_its_line(name: str, text: str, line: int, tmp_path: Path) -> None:
    (guard,) = [guard for guard in guards(tmp_path, name, text) if "https-redirect" in guard.effects]
    assert (guard.place.path, guard.place.start_line) == (name, line)


@pytest.mark.parametrize(
    "name, text",
    [
        ("nginx.conf", "# return 301 https://$host$request_uri;\n"),
        ("nginx.conf", "location /old { \n return 301 https://example.com/new;\n}\n"),
        ("notes.conf.md", "return 301 https://$host$request_uri;\n"),
        ("Caddyfile", "{\n  auto_https off\n}\napi.example.com {\n}\n"),
        ("Caddyfile", ":8080 {\n  reverse_proxy app:8000\n}\n"),
        ("fly.toml", "force_https = false\n"),
        ("k8s/ingress.yaml", INGRESS + "spec:\n  ingressClassName: nginx\n"),
        (
            "k8s/ingress.yaml",
            INGRESS + "    nginx.ingress.kubernetes.io/ssl-redirect: 'false'\nspec:\n  tls:\n    - hosts: []\n",
        ),
        ("k8s/config.yaml", "kind: ConfigMap\ndata:\n  tls:\n"),
        ("compose.yaml", "x:\n  scheme: https\n"),
        ("tests/nginx.conf", "return 301 https://$host$request_uri;\n"),
    ],
)
def test_what_does_not_redirect_is_not_taken_for_it(name: str, text: str, tmp_path: Path) -> None:
    assert guards(tmp_path, name, text) == ()


@pytest.mark.parametrize(
    "name, text, effect",
    [
        ("nginx.conf", "  add_header X-Frame-Options DENY always;\n", "security-headers"),
        ("nginx.conf", '  add_header "Strict-Transport-Security" "max-age=1";\n', "hsts"),
        ("nginx.conf", "  limit_req zone=one burst=5;\n", "rate-limit"),
        ("Caddyfile", "header {\n  X-Content-Type-Options nosniff\n}\n", "security-headers"),
        ("compose.yml", "- traefik.http.middlewares.h.headers.stsSeconds=31536000\n", "hsts"),
        ("compose.yml", "- traefik.http.middlewares.h.headers.contentTypeNosniff=true\n", "security-headers"),
        ("httpd.conf", 'Header always set X-Frame-Options "DENY"\n', "security-headers"),
    ],
)
def test_headers_and_limits_are_found(name: str, text: str, effect: str, tmp_path: Path) -> None:
    assert [guard.effects for guard in guards(tmp_path, name, text)] == [frozenset({effect})]


@pytest.mark.parametrize(
    "name, text, form",
    [
        ("infra/main.tf", 'resource "aws_lb" "main" {\n}\n', "Terraform"),
        (
            "chart/templates/ingress.yaml",
            "{{- if .Values.ingress.enabled }}\nkind: Ingress\n{{- end }}\n",
            "a Helm chart",
        ),
        ("stack.yaml", "Type: AWS::ElasticLoadBalancingV2::Listener\n", "AWS CloudFormation"),
        ("haproxy.cfg", "frontend web\n  bind :80\n", "HAProxy"),
    ],
)
def test_a_form_that_is_not_read_is_a_guard_of_unknown_effect(name: str, text: str, form: str, tmp_path: Path) -> None:
    (guard,) = guards(tmp_path, name, text)
    assert (guard.kind, guard.name, guard.effects) == (GuardKind.UNKNOWN, form, frozenset())


def test_a_long_line_and_bytes_that_are_no_text_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "nginx.conf").write_bytes(b"return 301 " + b"https://" * 20_000 + b"\n\xff\xfe\x00\n")
    assert guards(tmp_path, "Caddyfile", "a" * 200_000) == ()
