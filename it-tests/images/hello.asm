; The boot sector of hello.raw and hello.qcow2: BIOS, 16 bit, 512 bytes.
; It writes one line to the first serial port, asks QEMU's isa-debug-exit (when there is one) to end, and halts.

        bits    16
        org     0x7c00

COM1         equ 0x3f8
DATA         equ COM1           ; transmit holding; low byte of the divisor while DLAB is set
IRQ_ENABLE   equ COM1 + 1       ; high byte of the divisor while DLAB is set
FIFO_CONTROL equ COM1 + 2
LINE_CONTROL equ COM1 + 3
MODEM        equ COM1 + 4
LINE_STATUS  equ COM1 + 5

HOLDING_EMPTY     equ 0x20      ; the next byte may be written
TRANSMITTER_EMPTY equ 0x40      ; the last byte has left

DEBUG_EXIT   equ 0xf4           ; -device isa-debug-exit,iobase=0xf4,iosize=0x04
EXIT_VALUE   equ 0x10           ; QEMU ends with (0x10 << 1) | 1 = 33, which no failure of its own gives

PARTITION_START   equ 64
PARTITION_SECTORS equ 2048 - PARTITION_START

%macro  outb    2
        mov     dx, %1
        mov     al, %2
        out     dx, al
%endmacro

; Waits until the line status shows %1, for a bounded time: a machine without a serial port still halts.
%macro  wait_for 1
        mov     dx, LINE_STATUS
        xor     cx, cx          ; 65536 tries
%%again:
        in      al, dx
        test    al, %1
        loopz   %%again
%endmacro

        cli
        cld
        xor     ax, ax
        mov     ds, ax
        mov     ss, ax
        mov     sp, 0x7c00
        jmp     0:main          ; some BIOSes enter at 07c0:0000

main:
        outb    IRQ_ENABLE, 0
        outb    LINE_CONTROL, 0x80      ; DLAB
        outb    DATA, 1                 ; 115200 baud
        outb    IRQ_ENABLE, 0
        outb    LINE_CONTROL, 0x03      ; 8N1, DLAB off
        outb    FIFO_CONTROL, 0x07      ; on, and emptied
        outb    MODEM, 0x03             ; DTR, RTS

        mov     si, line
.next:
        lodsb
        test    al, al
        jz      .done
        mov     bl, al
        wait_for HOLDING_EMPTY
        outb    DATA, bl
        jmp     .next

.done:
        wait_for TRANSMITTER_EMPTY
        outb    DEBUG_EXIT, EXIT_VALUE  ; harmless without the device
.halt:
        cli
        hlt
        jmp     .halt

line:   db      "Hello from Diskwright", 13, 10, 0

        times   440 - ($ - $$) db 0
        db      "DSKW"                  ; disk signature
        dw      0

; The one partition: Linux, bootable, the rest of the image. CHS as for 255 heads, 63 sectors.
        db      0x80
        db      1, 2, 0                 ; LBA 64 = 0/1/2
        db      0x83
        db      32, 32, 0               ; LBA 2047 = 0/32/32
        dd      PARTITION_START
        dd      PARTITION_SECTORS
        times   3 * 16 db 0

        dw      0xaa55
