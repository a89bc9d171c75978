# Handschlag: "make start" runs it, "make test" checks it, "make" lists everything.
# The work is done by runner/; runner/bootstrap.sh brings uv and Python for it.

.DEFAULT_GOAL := help
.PHONY: help start setup train test lint types test-web test-unit test-bot test-faults chaos test-acceptance bench eval embeddings format clean

RUN := @sh runner/bootstrap.sh

help: ## Zeigt diese Übersicht
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-17s %s\n", $$1, $$2}' Makefile

start: ## Richtet alles ein und startet Handschlag (Strg+C beendet); WHATSAPP=demo mit Telefon zum Ausprobieren
	$(RUN) start

setup: ## Richtet alles ein, auch was die Prüfungen brauchen
	$(RUN) setup

train: ## Trainiert den Assistenten neu; ein laufender übernimmt das Modell ohne Neustart
	$(RUN) train

test: ## Richtet alles ein und führt jede Prüfung aus
	$(RUN) test

lint: ## Prüft den Stil der Python-Quellen
	$(RUN) test lint

types: ## Prüft die Typen der Python-Quellen
	$(RUN) test types

test-web: ## Prüft Stil, Typen und Tests der Webseiten
	$(RUN) test web

test-unit: ## Tests der Brücke und des Starters
	$(RUN) test unit

test-bot: ## Tests des Assistenten
	$(RUN) test bot

test-faults: ## Kurze Proben: Abstürze, Neustarts, falsche Uhren, beliebige Eingaben
	$(RUN) test faults

chaos: ## Dieselben Proben in voller Länge (HANDSCHLAG_CHAOS_SEED=… spielt eine nach)
	$(RUN) test chaos

test-acceptance: ## Abnahme im Browser: Kunde und Mitarbeiterin nebeneinander
	$(RUN) test acceptance

bench: ## Misst Durchsatz, Verzögerung und Wachstum der Brücke (docs/performance.md)
	@.venv/bin/python -m bench

eval: ## Misst das Verstehen (DATA=datei.tsv misst eine eigene Datei, SECTORS=retail,energy)
	@TF_CPP_MIN_LOG_LEVEL=3 .venv-bot/bin/python -m evaluation $(if $(DATA),--data "$(DATA)") $(if $(SECTORS),--sectors "$(SECTORS)")

embeddings: ## Holt ein mehrsprachiges Modell für Satzvektoren (FROM=adresse holt ein anderes)
	@.venv-bot/bin/python -m components.fetch_embeddings models/embeddings $(FROM)

format: ## Bringt die Python-Quellen in Form
	@.venv/bin/python -m ruff check --fix && .venv/bin/python -m ruff format

clean: ## Entfernt Umgebungen, Modelle und Gebautes; Daten (var/) und Protokolle (logs/) bleiben
	@rm -rf .venv .venv-bot .tools .rasa models web/node_modules handoff_bridge/static
