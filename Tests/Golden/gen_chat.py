#!/usr/bin/env python3
"""Conversations in the form of chat templates, by Jinja itself set up as transformers does
(pip install jinja2).

Writes chat.json: [{"template": ..., "cases": [{"messages": [[role, content], ...], "ask": bool,
"text": ...}, ...]}, ...]; a text of null means that the template refuses the messages. The
templates are in the idioms of published ones: 2B-4T's, Llama 3's, ChatML, Llama 2's, and what else
the interpreter knows.
"""
import json, os

from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

here = os.path.dirname(os.path.abspath(__file__))


def refuse(message):
    raise TemplateError(message)


environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
environment.globals["raise_exception"] = refuse

templates = {
    "bitnet": "{% for message in messages %}{{ message['role'] | capitalize + ': ' + message['content'] | trim + '<|eot_id|>' }}{% endfor %}{% if add_generation_prompt %}{{ 'Assistant: ' }}{% endif %}",
    "llama3": "{% for message in messages %}{% if loop.first %}{{ bos_token }}{% endif %}{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' + message['content'] | trim + '<|eot_id|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}",
    "llama3 with a set": "{% set all = messages %}{% for message in all %}{% set content = '<|h|>' + message.role + '<|/h|>\\n\\n' + message.content | trim + '<|e|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}{{ '<|h|>assistant<|/h|>' if add_generation_prompt else eos_token }}",
    "chatml": """{%- if messages[0].role == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
{%- else %}
    {{- '<|im_start|>system\\nYou are helpful.<|im_end|>\\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or message.role == "assistant" %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
""",
    "llama2": """{% if messages[0]['role'] == 'system' %}{% set system = messages[0]['content'] %}{% set rest = messages[1:] %}{% else %}{% set system = false %}{% set rest = messages %}{% endif %}
{% for message in rest %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must alternate') }}{% endif %}
{% if loop.index0 == 0 and system != false %}{% set content = '<<SYS>>\\n' + system + '\\n<</SYS>>\\n\\n' + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}
{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' ' ~ content.strip() ~ ' ' ~ eos_token }}{% endif %}{% endfor %}
""",
    "blocks": """{# a comment
over lines #}
  {% if tools is not defined or tools is none %}
  plain {{ messages | length }}
  {% else %}
  tools
  {% endif %}
\t{%- for m in messages if m.role != 'system' %}

  {{ loop.index }}/{{ loop.length }}{{ "!" if loop.last }}: {{- m.content }}
  {%+ if loop.first %} first{% endif %}

  {% else %}
  nobody
{% endfor -%}

   end""",
    "namespace": "{% set ns = namespace(found=false, n=0) %}{% for m in messages %}{% if m.role == 'system' %}{% set ns.found = true %}{% endif %}{% set ns.n = ns.n + 1 %}{% set n = 5 %}{% endfor %}{{ ns.found }} {{ ns.n }} {{ n is defined }} {{ missing }}|{{ missing | default('d') }}|{{ '' | default('e', true) }}",
    "expressions": "{{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 2 + 3 * 4 - 1 }} {{ 'a' ~ 1 + 2 if false else 'b' ~ 1 ~ 2 }} {{ not true or true and false }} {{ 1 < 2 }} {{ 'b' in 'abc' }} {{ 'x' not in ['x'] }} {{ none is none }} {{ messages[-1].content[1:3] }} {{ messages[0:1] | length }} {{ 'aXb'.split('X')[1] }} {{ 'ab'.startswith('a') and 'ab'.endswith('c') }} {{ '  x '.lstrip() + '|' }} {{ ['a', 'b'] | last }} {{ messages[0].get('none') is none }} {{ 'q' | upper }}{{ \"\\t'\" }}{% for k, v in messages[0].items() %}{{ k }}={{ v | trim }};{% endfor %}{{ true == 1 }}{{ 'é' == 'e\u0301' }}{{ messages | first is mapping }}{{ [] or 'empty' }}{{ 'z' and 0 }}",
}
conversations = [
    ([["user", "Hello"]], True),
    ([["user", " Hello\n"]], False),
    ([["system", "Be\tbrief."], ["user", "What is 1+1?"], ["assistant", "  2 "], ["user", "\u00c9t\u00e9 \U0001f600\u3000"]], True),
    ([["system", "Only system"]], False),
    ([["user", "a"], ["user", "b"]], True),
    ([["assistant", "sTRANGE"], ["tool", ""]], True),
]
result = []
for name, template in templates.items():
    compiled = environment.from_string(template)
    cases = []
    for messages, ask in conversations:
        try:
            text = compiled.render(messages=[{"role": role, "content": content} for role, content in messages],
                                   add_generation_prompt=ask, bos_token="<s>", eos_token="</s>")
        except TemplateError:
            text = None
        cases.append({"messages": messages, "ask": ask, "text": text})
    result.append({"name": name, "template": template, "cases": cases})
with open(here + "/chat.json", "w") as file:
    json.dump(result, file, indent=1, ensure_ascii=False)
    file.write("\n")
