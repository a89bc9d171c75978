"""What customers want done, each as a script that asks for what it still needs (`request_form` plays them).

A sector writes one `Task` per intent in `actions/<sector>/` and names its start rule in `data/<sector>/rules`:

    class CancelOrder(Task):
        intent = "cancel_order"
        fields = ORDER_FIELDS                              # what this task reads from each message, besides yes and no

        async def play(self, case: Case) -> None:
            order = await identified_order(case)           # asks, looks up, counts wrong pairs, locks
            if not order.may_be_cancelled:
                case.end("utter_cancel_too_late")          # says it and ends the form
            confirm(case, "utter_confirm_cancel_order")    # asks; goes on only after a yes
            await shop.cancel(order.number, key=case.key())
            case.end("utter_cancelled")

The script runs from its top on every message; `case.need` and `confirm` stop it where an answer is missing. Whatever
stands before the last question must therefore only read; what changes something stands after it, with `case.key()`.
"""
