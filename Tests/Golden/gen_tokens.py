#!/usr/bin/env python3
"""Token numbers of awkward texts, from Hugging Face's own tokenizer (pip install tokenizers).

Writes tokens.json: [{"text": ..., "tokens": [...]}, ...] for the tokenizer of the built-in model.
"""
import json, os, random
from tokenizers import Tokenizer

here = os.path.dirname(os.path.abspath(__file__))
tokenizer = Tokenizer.from_file(here + "/../../traces/kjv-bitnet-3m/tokenizer.json")

texts = [
    "", " ", "  ", "\n", "\r\n", " \n \n  x", "a", "In the beginning God created the heaven and the earth.",
    "<|begin_of_text|>Genesis 11\n1 And the whole earth was of one language",
    "a<|end_of_text|><|begin_of_text|>b<|end_of_text", "don't DON'T we'LL I'M he'd they'Ve you'RE 'S'T'server",
    "it'\u017f \u017f'\u017fo", "12345678 1 22 333 4444 \u0664\u0665\u0666\u0667 \u00bd\u00b2\u2163", "  two  spaces   three",
    "tab\tand\t\tmore \t x", "line\r\nline\n\n\nline \r\n ", "!!!\n\n??? ...\r\n", "\u00e9t\u00e9 e\u0301t\u00e9 na\u00efve \u0130 \u00df \ufb06",
    "\u4f60\u597d\uff0c\u4e16\u754c\u3002\u3000\u5168\u89d2", "\U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea",
    "\u00a0nbsp\u2003em\u2028ls\u0085nel\u200bzw\ufeffbom", "\u0000\u0001\u001f\u007f", "#$% ^&* ()_+ a-b_c/d\\e",
    "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35 \u0928\u092e\u0938\u094d\u0924\u0947 \u0627\u0644\u0639\u0631\u0628\u064a\u0629", "x" * 40, " " * 40 + "y", "\n" * 9 + "z", "'\n's 's\n",
]
alphabet = list("aAeEsStTlLdDmMvVrR'''   \n\n\r\t\t019.,-!") + ["\u00e9", "\u0301", "\u017f", "\u4e16", "\u0663", "\u00a0", "\u2003", "\u00bd", "\U0001f600"]
generator = random.Random(1611)
for _ in range(300):
    texts.append("".join(generator.choice(alphabet) for _ in range(generator.randrange(1, 30))))
vectors = [{"text": text, "tokens": tokenizer.encode(text).ids} for text in texts]
with open(here + "/tokens.json", "w") as file:
    json.dump(vectors, file, separators=(",", ":"))
